using System.Buffers;
using AnomalyApi.Flows;

namespace AnomalyApi.Cli.Simulate.Writers;

/// <summary>Values separated by commas below a header with the names of the native fields. Durations are in seconds.</summary>
internal sealed class CsvFlowWriter : FlowWriter
{
    private readonly TextRow _row = new();

    public override string ContentType => "text/csv";

    public override int? LinesBefore => 1;

    public override void Begin(IBufferWriter<byte> output) => output.Write(
        "start,duration,src_ip,dst_ip,src_port,dst_port,protocol,fwd_packets,rev_packets,fwd_bytes,rev_bytes,tcp_flags,state,direction,service,sensor,label\n"u8);

    public override void Write(FlowBatch flows, int row, IBufferWriter<byte> output)
    {
        _row.AddTime(flows.StartMicroseconds[row], "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'").Add(",").AddSeconds(flows.DurationMicroseconds[row])
            .Add(",").Add(flows.Source[row].ToString()).Add(",").Add(flows.Destination[row].ToString())
            .Add(",").Add(flows.SourcePort[row]).Add(",").Add(flows.DestinationPort[row]).Add(",").Add(IpProtocols.NameOf(flows.Protocol[row]) ?? "")
            .Add(",").Add(flows.ForwardPackets[row]).Add(",").Add(flows.ReversePackets[row])
            .Add(",").Add(flows.ForwardBytes[row]).Add(",").Add(flows.ReverseBytes[row])
            .Add(",").Add(flows.TcpFlags[row] < 0 ? "" : TcpFlagLetters.NameOf((byte)flows.TcpFlags[row]))
            .Add(",").Add(ConnectionStates.NameOf(flows.State[row]) ?? "").Add(",").Add(FlowDirections.NameOf(flows.Direction[row]) ?? "")
            .Add(",").Add(flows.Service[row] ?? "").Add(",").Add(flows.Sensor[row] ?? "").Add(",").Add(flows.Label[row] ?? "");
        _row.WriteTo(output);
    }
}
