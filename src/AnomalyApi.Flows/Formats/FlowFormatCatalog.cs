using AnomalyApi.Flows.Formats.NativeJson;
using AnomalyApi.Flows.Formats.Ndjson;
using AnomalyApi.Flows.Formats.ZeekConn;

namespace AnomalyApi.Flows.Formats;

/// <summary>Every input format. To add one, add its folder and its line here.</summary>
public static class FlowFormatCatalog
{
    /// <summary>Longest record a format takes, in bytes. Longer ones are rejected, and reading goes on behind them.</summary>
    public const int MaxRecordBytes = 64 * 1024;

    /// <summary>The reason that rejects a longer record.</summary>
    internal const string TooLong = "Longer than 65536 bytes, the longest record that is read.";

    /// <summary>The formats, in the order docs list them.</summary>
    public static IReadOnlyList<IFlowFormat> All { get; } =
    [
        new NativeJsonFormat(),
        new NdjsonFormat(),
        new ZeekConnFormat(),
    ];

    /// <summary>The format for a media type without parameters; null when there is none.</summary>
    public static IFlowFormat? Find(string? mediaType) =>
        All.FirstOrDefault(format => format.ContentTypes.Contains(mediaType, StringComparer.OrdinalIgnoreCase));
}
