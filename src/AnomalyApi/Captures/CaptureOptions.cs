using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Captures;

/// <summary>How large a file may be that is handed in to be read in the background.</summary>
internal sealed record CaptureOptions
{
    /// <summary>Largest file in bytes, from 1,024 to 1024 GiB. The default is 1 GiB.</summary>
    [Range(1024, 1024L * 1024 * 1024 * 1024)]
    public long MaxBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>How much may come out of a file that is packed with gzip, in bytes, from 1,024 to 1024 GiB. The default is 16 GiB.</summary>
    [Range(1024, 1024L * 1024 * 1024 * 1024)]
    public long MaxUnpackedBytes { get; init; } = 16L * 1024 * 1024 * 1024;

    /// <summary>Files that may wait or be read, from 1 to 1,000. More are answered 409. The default is 20.</summary>
    [Range(1, 1_000)]
    public int MaxWaiting { get; init; } = 20;
}
