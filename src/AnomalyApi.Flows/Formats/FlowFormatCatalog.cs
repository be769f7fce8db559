using AnomalyApi.Flows.Formats.ArgusBinetflow;
using AnomalyApi.Flows.Formats.Csv;
using AnomalyApi.Flows.Formats.NativeJson;
using AnomalyApi.Flows.Formats.Ndjson;
using AnomalyApi.Flows.Formats.NetFlow;
using AnomalyApi.Flows.Formats.PacketCapture;
using AnomalyApi.Flows.Formats.SuricataEve;
using AnomalyApi.Flows.Formats.ZeekConn;

namespace AnomalyApi.Flows.Formats;

/// <summary>Every input format. To add one, add its folder and its line here.</summary>
public static class FlowFormatCatalog
{
    /// <summary>Longest record a format takes, in bytes. Longer ones are rejected, and reading goes on behind them.</summary>
    public const int MaxRecordBytes = 64 * 1024;

    /// <summary>How much of a body is looked at to recognise its format.</summary>
    public const int HeadBytes = 4096;

    /// <summary>The reason that rejects a longer record.</summary>
    internal const string TooLong = "Longer than 65536 bytes, the longest record that is read.";

    /// <summary>The formats, in the order docs list them.</summary>
    public static IReadOnlyList<IFlowFormat> All { get; } =
    [
        new NativeJsonFormat(),
        new NdjsonFormat(),
        new ZeekConnFormat(),
        new SuricataEveFormat(),
        new NetFlowFormat(TimeProvider.System),
        new PacketCaptureFormat(),
        new ArgusBinetflowFormat(),
        new CsvFormat(),
    ];

    /// <summary>All media types, in the order of the formats.</summary>
    public static IEnumerable<string> MediaTypes => All.SelectMany(format => format.ContentTypes);

    /// <summary>The names of the formats in one text, for whoever named another.</summary>
    public static string Names { get; } = string.Join(", ", All.Select(format => format.Name));

    /// <summary>The format of this name; null when there is none.</summary>
    public static IFlowFormat? FindByName(string? name) => All.FirstOrDefault(format => format.Name == name);

    /// <summary>The first format that takes a body which begins so for its own; null when none does.</summary>
    /// <param name="head">The first bytes of the body, <see cref="HeadBytes"/> or all of it.</param>
    public static IFlowFormat? Recognize(ReadOnlySpan<byte> head)
    {
        foreach (var format in All)
        {
            if (format.Recognizes(head))
            {
                return format;
            }
        }

        return null;
    }

    /// <summary>The format for a media type without parameters; null when there is none.</summary>
    public static IFlowFormat? Find(string? mediaType) =>
        All.FirstOrDefault(format => format.ContentTypes.Contains(mediaType, StringComparer.OrdinalIgnoreCase));
}
