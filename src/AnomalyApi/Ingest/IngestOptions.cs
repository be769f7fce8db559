using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Ingest;

/// <summary>How much a sensor may send, and how much the service holds.</summary>
internal sealed record IngestOptions
{
    /// <summary>Largest body in bytes, before and after decompression, from 1,024 to 1 GiB. The default is 64 MiB.</summary>
    [Range(1024, 1024L * 1024 * 1024)]
    public long MaxBodyBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Batches that are read and scored at the same time, from 1 to 10,000. More are answered 503. The default is 256.</summary>
    [Range(1, 10_000)]
    public int MaxConcurrentBatches { get; init; } = 256;

    /// <summary>Flows in one batch, from 1,000 to 10,000,000. More are answered 413. The default is 100,000.</summary>
    [Range(1_000, 10_000_000)]
    public int MaxFlowsPerBatch { get; init; } = 100_000;

    /// <summary>
    /// Flows that all batches in progress hold together, from 1,000 to 100,000,000; about 1 KB of memory each. More are answered 503. The default is 500,000.
    /// </summary>
    [Range(1_000, 100_000_000)]
    public int MaxFlowsInProgress { get; init; } = 500_000;

    /// <summary>Flows that may wait for the database, from 1,000 to 10,000,000. More are answered 503. The default is 200,000.</summary>
    [Range(1_000, 10_000_000)]
    public int MaxQueuedFlows { get; init; } = 200_000;

    /// <summary>Flows that share one transaction at most, from 100 to 1,000,000. The default is 50,000.</summary>
    [Range(100, 1_000_000)]
    public int MaxGroupFlows { get; init; } = 50_000;

    /// <summary>What Retry-After says when the service is busy, from 1 s to 5 min. The default is 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(2);
}
