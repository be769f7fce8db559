namespace AnomalyApi.Cli.Simulate.Writers;

/// <summary>Every format that <c>anomaly simulate</c> writes. To add one, add its class and its line here.</summary>
internal static class FlowWriterCatalog
{
    /// <summary>Name, whether exporters send it as datagrams, and how a writer of it is made.</summary>
    public static IReadOnlyList<(string Name, bool IsDatagrams, Func<FlowWriter> Create)> All { get; } =
    [
        ("ndjson", false, () => new NdjsonFlowWriter()),
        ("json", false, () => new JsonFlowWriter()),
        ("zeek", false, () => new ZeekFlowWriter()),
        ("eve", false, () => new EveFlowWriter()),
        ("csv", false, () => new CsvFlowWriter()),
        ("netflow5", true, () => new NetFlow5Writer()),
        ("ipfix", true, () => new IpfixWriter()),
    ];

    /// <summary>All names, as help lists them.</summary>
    public static string Names { get; } = string.Join('|', All.Select(format => format.Name));
}
