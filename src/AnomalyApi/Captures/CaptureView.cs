using System.Text.Json;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Storage.Rows;

namespace AnomalyApi.Captures;

/// <summary>What became of a file that was handed in.</summary>
internal sealed record CaptureView
{
    /// <summary>Id of the capture.</summary>
    public required string Id { get; init; }

    /// <summary>The file's name where it came from.</summary>
    /// <example>office.pcap</example>
    public required string FileName { get; init; }

    /// <summary>Its size.</summary>
    /// <example>1048576</example>
    public required long Bytes { get; init; }

    /// <summary>Sensor of flows that do not name one.</summary>
    public required string? Sensor { get; init; }

    /// <summary>queued, running, succeeded, failed or cancelled.</summary>
    /// <example>running</example>
    public required string Status { get; init; }

    /// <summary>Share of the file that was read, 0 to 1.</summary>
    /// <example>0.42</example>
    public required double Progress { get; init; }

    /// <summary>The format that its first bytes showed; null before it is read.</summary>
    /// <example>packet-capture</example>
    public required string? Format { get; init; }

    /// <summary>Flows that were taken; they are stored, also when the rest fails or is cancelled.</summary>
    public required long Accepted { get; init; }

    /// <summary>Of these, flows that another sensor of the group had reported.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Records that were refused.</summary>
    public required long Rejected { get; init; }

    /// <summary>The first 100 refused records and why.</summary>
    public required IReadOnlyList<FlowRejection> Rejections { get; init; }

    /// <summary>Records that were understood and are no flows, counted by kind.</summary>
    public required IReadOnlyDictionary<string, int> Skipped { get; init; }

    /// <summary>Flows whose score reached the threshold; <c>GET /v1/anomalies</c> has them.</summary>
    public required long Anomalies { get; init; }

    /// <summary>Why it failed.</summary>
    public required string? Error { get; init; }

    /// <summary>Who handed it in.</summary>
    public required string? RequestedBy { get; init; }

    /// <summary>When it was handed in.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When reading began.</summary>
    public required DateTime? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTime? FinishedAt { get; init; }

    public static CaptureView Of(CaptureRow row) => new()
    {
        Id = row.Id,
        FileName = row.FileName,
        Bytes = row.Bytes,
        Sensor = row.Sensor,
        Status = row.Status,
        Progress = row.Status == JobStatus.Succeeded ? 1 : row.Bytes == 0 ? 0 : Math.Min(1, (double)row.BytesRead / row.Bytes),
        Format = row.Format,
        Accepted = row.Accepted,
        Duplicates = row.Duplicates,
        Rejected = row.Rejected,
        Rejections = JsonSerializer.Deserialize<List<FlowRejection>>(row.Rejections)!,
        Skipped = JsonSerializer.Deserialize<Dictionary<string, int>>(row.Skipped)!,
        Anomalies = row.Anomalies,
        Error = row.Error,
        RequestedBy = row.RequestedBy,
        CreatedAt = row.CreatedAt,
        StartedAt = row.StartedAt,
        FinishedAt = row.FinishedAt,
    };
}
