using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>How much a <see cref="NetFlowDecoder"/> remembers.</summary>
public sealed record NetFlowDecoderOptions
{
    /// <summary>Whether the records of the two directions become one flow. The default is true.</summary>
    public bool PairDirections { get; init; } = true;

    /// <summary>How long a one-way record waits for the other direction, and how far apart in time the two may be, from 0.1 s to 300 s. The default is 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan PairingWindow { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many one-way records wait at most; the oldest goes when more come, from 16 to 1048576 records. The default is 32768 records.</summary>
    [Range(16, 1_048_576)]
    public int PairingRecords { get; init; } = 32_768;

    /// <summary>How long a data set waits for its template, from 1 s to 600 s. The default is 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan HeldFor { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many bytes of data sets wait for their template at most, from 0 to 268435456 bytes. The default is 4194304 bytes.</summary>
    [Range(0, 268_435_456)]
    public int HeldBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How many exporters are remembered; the one that was silent longest is forgotten, from 1 to 65536 exporters. The default is 1024 exporters.</summary>
    [Range(1, 65_536)]
    public int MaxExporters { get; init; } = 1024;

    /// <summary>How many templates are remembered over all exporters; more are refused, from 16 to 1048576 templates. The default is 16384 templates.</summary>
    [Range(16, 1_048_576)]
    public int MaxTemplates { get; init; } = 16_384;
}
