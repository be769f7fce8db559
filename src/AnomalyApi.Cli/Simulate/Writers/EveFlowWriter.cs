using System.Buffers;
using AnomalyApi.Flows;

namespace AnomalyApi.Cli.Simulate.Writers;

/// <summary>Suricata's <c>flow</c> events, one a line. They have no place for a label, and no name for some services.</summary>
internal sealed class EveFlowWriter : FlowWriter
{
    // Suricata writes the offset without a colon.
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'+0000'";

    private readonly TextRow _row = new();
    private long _number;

    public override string ContentType => "application/x-suricata-eve";

    public override int? LinesBefore => 0;

    /// <summary>Suricata's name of a service that Zeek names otherwise.</summary>
    public static string NameOf(string? service) => service switch
    {
        null => "failed",
        "ssl" => "tls",
        "krb" => "krb5",
        "postgresql" => "pgsql",
        "dce_rpc" => "dcerpc",
        _ => service,
    };

    public override void Write(FlowBatch flows, int row, IBufferWriter<byte> output)
    {
        var (start, protocol) = (flows.StartMicroseconds[row], flows.Protocol[row]);
        var end = start + flows.DurationMicroseconds[row];
        var hasPorts = IpProtocols.HasPorts(protocol);
        _row.Add("{\"timestamp\":\"").AddTime(end, TimeFormat).Add("\",\"flow_id\":").Add(++_number).Add(",\"event_type\":\"flow\",\"src_ip\":\"")
            .Add(flows.Source[row].ToString()).Add(hasPorts ? "\",\"src_port\":" : "\",\"icmp_type\":").Add(flows.SourcePort[row])
            .Add(",\"dest_ip\":\"").Add(flows.Destination[row].ToString()).Add(hasPorts ? "\",\"dest_port\":" : "\",\"icmp_code\":").Add(flows.DestinationPort[row])
            .Add(",\"proto\":\"").Add(protocol switch { IpProtocols.Tcp => "TCP", IpProtocols.Udp => "UDP", IpProtocols.Icmp => "ICMP", _ => "IPv6-ICMP" })
            .Add("\",\"app_proto\":\"").Add(NameOf(flows.Service[row]))
            .Add("\",\"flow\":{\"pkts_toserver\":").Add(flows.ForwardPackets[row]).Add(",\"pkts_toclient\":").Add(flows.ReversePackets[row])
            .Add(",\"bytes_toserver\":").Add(flows.ForwardBytes[row]).Add(",\"bytes_toclient\":").Add(flows.ReverseBytes[row])
            .Add(",\"start\":\"").AddTime(start, TimeFormat).Add("\",\"end\":\"").AddTime(end, TimeFormat)
            .Add("\",\"age\":").Add(flows.DurationMicroseconds[row] / 1_000_000).Add(",\"state\":\"").Add(StateOf(flows, row))
            .Add("\",\"reason\":\"timeout\",\"alerted\":false}");
        if (flows.TcpFlags[row] >= 0)
            AddFlags((byte)flows.TcpFlags[row], flows.ReversePackets[row] > 0);

        _row.Add("}").WriteTo(output);
    }

    private static string StateOf(FlowBatch flows, int row) => flows.State[row] switch
    {
        ConnectionState.S0 => "new",
        ConnectionState.S1 or ConnectionState.Oth => "established",
        ConnectionState.SF when flows.Protocol[row] == IpProtocols.Udp => "established",
        _ => "closed",
    };

    // Which side set which flag is not known: the answering side is given all but the first SYN's.
    private void AddFlags(byte flags, bool isAnswered)
    {
        _row.Add(",\"tcp\":{\"tcp_flags\":\"").Add(Hex(flags)).Add("\",\"tcp_flags_ts\":\"").Add(Hex(flags))
            .Add("\",\"tcp_flags_tc\":\"").Add(Hex(isAnswered ? flags : (byte)0)).Add("\"");
        foreach (var (bit, name) in ((byte, string)[])[(TcpFlagLetters.Syn, "syn"), (TcpFlagLetters.Fin, "fin"), (TcpFlagLetters.Rst, "rst"), (TcpFlagLetters.Psh, "psh"), (TcpFlagLetters.Ack, "ack")])
        {
            if ((flags & bit) != 0)
                _row.Add(",\"").Add(name).Add("\":true");
        }

        _row.Add("}");
    }

    private static string Hex(byte flags) => flags.ToString("x2", null);
}
