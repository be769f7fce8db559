using System.Buffers;
using AnomalyApi.Flows;

namespace AnomalyApi.Cli.Simulate.Writers;

/// <summary>Zeek's conn.log as tab-separated values, with a last column <c>label</c> as labelled captures have it. Payload bytes are unset: the flows know bytes
/// with headers. Zeek's history says nothing of PSH.</summary>
internal sealed class ZeekFlowWriter : FlowWriter
{
    private const string Header =
        """
        #separator \x09
        #set_separator	,
        #empty_field	(empty)
        #unset_field	-
        #path	conn
        #fields	ts	uid	id.orig_h	id.orig_p	id.resp_h	id.resp_p	proto	service	duration	orig_bytes	resp_bytes	conn_state	local_orig	local_resp	missed_bytes	history	orig_pkts	orig_ip_bytes	resp_pkts	resp_ip_bytes	tunnel_parents	label
        #types	time	string	addr	port	addr	port	enum	string	interval	count	count	string	bool	bool	count	string	count	count	count	count	set[string]	string

        """;

    private readonly TextRow _row = new();
    private long _number;

    public override string ContentType => "application/x-zeek-conn";

    public override int? LinesBefore => Header.AsSpan().Count('\n');

    public override void Begin(IBufferWriter<byte> output) => output.Write(System.Text.Encoding.UTF8.GetBytes(Header));

    public override void Write(FlowBatch flows, int row, IBufferWriter<byte> output)
    {
        var (start, duration, protocol) = (flows.StartMicroseconds[row], flows.DurationMicroseconds[row], flows.Protocol[row]);
        _row.AddSeconds(start).Add("\tC").Add(start.ToString("x", null)).Add((++_number).ToString("x", null))
            .Add("\t").Add(flows.Source[row].ToString()).Add("\t").Add(flows.SourcePort[row])
            .Add("\t").Add(flows.Destination[row].ToString()).Add("\t").Add(flows.DestinationPort[row])
            .Add("\t").Add(protocol switch { IpProtocols.Tcp => "tcp", IpProtocols.Udp => "udp", _ => "icmp" })
            .Add("\t").Add(flows.Service[row] ?? "-").Add("\t");
        _ = duration > 0 ? _row.AddSeconds(duration) : _row.Add("-");
        _row.Add("\t-\t-\t").Add(ConnectionStates.NameOf(flows.State[row]) ?? "OTH")
            .Add(flows.Direction[row] is FlowDirection.Outbound or FlowDirection.Internal ? "\tT" : "\tF")
            .Add(flows.Direction[row] is FlowDirection.Inbound or FlowDirection.Internal ? "\tT" : "\tF")
            .Add("\t0\t").Add(History(flows, row))
            .Add("\t").Add(flows.ForwardPackets[row]).Add("\t").Add(flows.ForwardBytes[row])
            .Add("\t").Add(flows.ReversePackets[row]).Add("\t").Add(flows.ReverseBytes[row])
            .Add("\t-\t").Add(flows.Label[row] ?? "-");
        _row.WriteTo(output);
    }

    // Capitals are the originator's: S and h open, A and d are acknowledgements and data, F, f, R and r end.
    private static string History(FlowBatch flows, int row)
    {
        if (flows.Protocol[row] == IpProtocols.Udp)
            return flows.ReversePackets[row] > 0 ? "Dd" : "D";

        return flows.Protocol[row] != IpProtocols.Tcp ? "-" : flows.State[row] switch
        {
            ConnectionState.S0 => "S",
            ConnectionState.Rej => "Sr",
            ConnectionState.S1 => "ShADad",
            ConnectionState.Rstr => "ShADadr",
            ConnectionState.Rsto when (flows.TcpFlags[row] & TcpFlagLetters.Psh) == 0 => "ShR",
            ConnectionState.Rsto => "ShADadR",
            _ => "ShADadFf",
        };
    }
}
