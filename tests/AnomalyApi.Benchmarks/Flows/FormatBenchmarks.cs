using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using AnomalyApi.Flows;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Flows.Formats.Native;
using AnomalyApi.Flows.Synthetic;
using AnomalyApi.Testing;
using BenchmarkDotNet.Attributes;

namespace AnomalyApi.Benchmarks.Flows;

/// <summary>Reading 10,000 flows in each format of the catalog, from a body in memory, without Community IDs. The time is for one flow.</summary>
[MemoryDiagnoser]
public class FormatBenchmarks
{
    private const int FlowCount = 10_000;

    private byte[] _body = [];
    private IFlowFormat _format = FlowFormatCatalog.All[0];

    /// <summary>Formats of the catalog whose records are flows. Captures are measured in packets by <see cref="PacketCaptureBenchmarks"/>.</summary>
    public static IEnumerable<string> Formats => FlowFormatCatalog.All.Select(format => format.Name).Where(name => name != "packet-capture");

    [ParamsSource(nameof(Formats))]
    public string Format { get; set; } = "";

    [GlobalSetup]
    public void MakeBody()
    {
        var flows = new SyntheticTraffic(1, DateTime.UnixEpoch.AddYears(50)).Normal(FlowCount);
        _format = FlowFormatCatalog.All.Single(format => format.Name == Format);
        _body = Format switch
        {
            "json" => NativeFlowJson.ToJsonArray(flows),
            "ndjson" => NativeFlowJson.ToNdjson(flows),
            "zeek-conn" => ToZeek(flows),
            "suricata-eve" => ToEve(flows),
            "argus-binetflow" => ToArgus(flows),
            "netflow" => ToNetFlow(flows),
            "csv" => ToCsv(flows),
            _ => throw new InvalidOperationException($"Say here how a body of {Format} is made."),
        };
    }

    [Benchmark(OperationsPerInvoke = FlowCount)]
    public async Task<int> Read()
    {
        using var batch = FlowBatch.Rent(FlowCount);
        var target = new FlowReadTarget(batch, "bench");
        await _format.ReadAsync(PipeReader.Create(new ReadOnlySequence<byte>(_body)), target, CancellationToken.None);
        return target.RejectedCount == 0 ? batch.Count : throw new InvalidOperationException(target.Rejections[0].Reason);
    }

    private static byte[] ToZeek(IEnumerable<FlowRecord> flows)
    {
        var text = new StringBuilder("#separator \\x09\n#unset_field\t-\n#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\t"
            + "proto\tservice\tduration\tconn_state\tlocal_orig\tlocal_resp\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\n");
        foreach (var flow in flows)
        {
            var start = FlowTime.ToMicroseconds(flow.Start) / 1_000_000m;
            text.Append(CultureInfo.InvariantCulture, $"{start}\tCmES5u32sYpV7JYN\t{flow.Source}\t{flow.SourcePort}\t{flow.Destination}\t{flow.DestinationPort}\t")
                .Append(CultureInfo.InvariantCulture, $"{IpProtocols.NameOf(flow.Protocol)}\t{flow.Service ?? "-"}\t{flow.Duration?.TotalSeconds.ToString("F6", CultureInfo.InvariantCulture) ?? "-"}\t")
                .Append(CultureInfo.InvariantCulture, $"{ConnectionStates.NameOf(flow.State)}\tT\tF\tShADadFf\t{flow.ForwardPackets}\t{flow.ForwardBytes}\t{flow.ReversePackets}\t{flow.ReverseBytes}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] ToEve(IEnumerable<FlowRecord> flows)
    {
        var text = new StringBuilder();
        var id = 1_374_195_536_821_504;
        foreach (var flow in flows)
        {
            var end = flow.Start + (flow.Duration ?? TimeSpan.Zero);
            text.Append(CultureInfo.InvariantCulture, $$"""{"timestamp":"{{end:yyyy-MM-ddTHH:mm:ss.ffffff}}+0000","flow_id":{{id += 977}},"event_type":"flow",""")
                .Append(CultureInfo.InvariantCulture, $$""" "src_ip":"{{flow.Source}}","src_port":{{flow.SourcePort}},"dest_ip":"{{flow.Destination}}","dest_port":{{flow.DestinationPort}},""")
                .Append(CultureInfo.InvariantCulture, $$""" "proto":"{{IpProtocols.NameOf(flow.Protocol)!.ToUpperInvariant()}}","app_proto":"{{flow.Service ?? "failed"}}","flow":{"pkts_toserver":{{flow.ForwardPackets}},""")
                .Append(CultureInfo.InvariantCulture, $$""" "pkts_toclient":{{flow.ReversePackets}},"bytes_toserver":{{flow.ForwardBytes}},"bytes_toclient":{{flow.ReverseBytes}},"start":"{{flow.Start:yyyy-MM-ddTHH:mm:ss.ffffff}}+0000",""")
                .Append(CultureInfo.InvariantCulture, $$""" "end":"{{end:yyyy-MM-ddTHH:mm:ss.ffffff}}+0000","age":0,"state":"closed","reason":"timeout","alerted":false},""")
                .Append(""" "tcp":{"tcp_flags":"1b","tcp_flags_ts":"1b","tcp_flags_tc":"1b","syn":true,"fin":true,"psh":true,"ack":true,"state":"closed"},"host":"ids-1"}""").Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] ToArgus(IEnumerable<FlowRecord> flows)
    {
        var text = new StringBuilder("StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,SrcPkts,Label\n");
        foreach (var flow in flows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{flow.Start:yyyy'/'MM'/'dd HH:mm:ss.ffffff},{flow.Duration?.TotalSeconds ?? 0:F6},{IpProtocols.NameOf(flow.Protocol)},")
                .Append(CultureInfo.InvariantCulture, $"{flow.Source},{flow.SourcePort},  <->,{flow.Destination},{flow.DestinationPort},{(flow.Protocol == 6 ? "FSPA_FSPA" : "CON")},0,0,")
                .Append(CultureInfo.InvariantCulture, $"{flow.ForwardPackets + flow.ReversePackets},{flow.ForwardBytes + flow.ReverseBytes},{flow.ForwardBytes},{flow.ForwardPackets},flow=Background\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    // NetFlow v5, 30 flows a datagram, one direction.
    private static byte[] ToNetFlow(IReadOnlyList<FlowRecord> flows) => [.. flows.Chunk(30).SelectMany((chunk, index) => ExportWriter.V5(
        1_700_000_000 + index, 1_000_000, index * 30, 0, chunk.Select(flow => ExportWriter.V5Record(
            IPv4Of(flow.Source), IPv4Of(flow.Destination), flow.SourcePort ?? 0, flow.DestinationPort ?? 0, flow.Protocol, flow.ForwardPackets ?? 1, flow.ForwardBytes ?? 64, 900_000, 900_500)).ToArray()))];

    private static string IPv4Of(IpAddressValue address) => address.IsIPv4 ? address.ToString() : "192.0.2.6";

    private static byte[] ToCsv(IEnumerable<FlowRecord> flows)
    {
        var text = new StringBuilder("start,duration,src_ip,src_port,dst_ip,dst_port,protocol,fwd_packets,rev_packets,fwd_bytes,rev_bytes,state,service,label\n");
        foreach (var flow in flows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{FlowTime.ToMicroseconds(flow.Start) / 1_000_000m},{flow.Duration?.TotalSeconds ?? 0:F6},{flow.Source},{flow.SourcePort},")
                .Append(CultureInfo.InvariantCulture, $"{flow.Destination},{flow.DestinationPort},{flow.Protocol},{flow.ForwardPackets},{flow.ReversePackets},{flow.ForwardBytes},{flow.ReverseBytes},")
                .Append(CultureInfo.InvariantCulture, $"{ConnectionStates.NameOf(flow.State)},{flow.Service},normal\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
