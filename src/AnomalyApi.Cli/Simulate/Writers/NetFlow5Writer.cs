using System.Buffers;
using System.Buffers.Binary;
using AnomalyApi.Flows;

namespace AnomalyApi.Cli.Simulate.Writers;

/// <summary>NetFlow version 5 datagrams as a router sends them: two one-way records for a flow that was answered, thirty records a datagram, times in
/// milliseconds. IPv6 and more than 4 GiB one way cannot be said in it.</summary>
internal sealed class NetFlow5Writer : FlowWriter
{
    private const int HeaderBytes = 24;
    private const int RecordBytes = 48;
    private const int MaxRecords = 30;

    // The router was started an hour before its first flow.
    private const long UptimeAtStart = 3_600_000;

    private readonly byte[] _datagram = new byte[HeaderBytes + (MaxRecords * RecordBytes)];
    private int _records;
    private uint _sequence;
    private long _boot = -1;
    private long _latest;
    private long _ipv6;
    private long _tooLarge;

    public override string ContentType => "application/x-netflow";

    public override string? LeftOut =>
        _ipv6 + _tooLarge == 0 ? null : $"NetFlow version 5 cannot say {_ipv6} IPv6 flows and {_tooLarge} of more than 4 GiB; they were left out.";

    public override int MessageBytes(ReadOnlySpan<byte> output) => HeaderBytes + (BinaryPrimitives.ReadUInt16BigEndian(output[2..]) * RecordBytes);

    public override void Write(FlowBatch flows, int row, IBufferWriter<byte> output)
    {
        if (!flows.Source[row].IsIPv4 || !flows.Destination[row].IsIPv4)
        {
            _ipv6++;
            return;
        }

        if (Math.Max(flows.ForwardBytes[row], flows.ReverseBytes[row]) > uint.MaxValue)
        {
            _tooLarge++;
            return;
        }

        // Both records of a flow go into one datagram.
        if (_records > MaxRecords - 2)
            Flush(output);

        var isAnswered = flows.ReversePackets[row] > 0;
        Add(flows, row, isForward: true, isAnswered);
        if (isAnswered)
            Add(flows, row, isForward: false, isAnswered);
    }

    public override void Flush(IBufferWriter<byte> output)
    {
        if (_records == 0)
            return;

        var header = _datagram.AsSpan(0, HeaderBytes);
        BinaryPrimitives.WriteUInt16BigEndian(header, 5);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)_records);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], (uint)(_latest - _boot));
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], (uint)(_latest / 1000));
        BinaryPrimitives.WriteUInt32BigEndian(header[12..], (uint)(_latest % 1000) * 1_000_000);
        BinaryPrimitives.WriteUInt32BigEndian(header[16..], _sequence);
        _sequence += (uint)_records;
        output.Write(_datagram.AsSpan(0, HeaderBytes + (_records * RecordBytes)));
        _records = 0;
        _latest = 0;
    }

    private void Add(FlowBatch flows, int row, bool isForward, bool isAnswered)
    {
        var start = flows.StartMicroseconds[row] / 1000;
        var end = (flows.StartMicroseconds[row] + flows.DurationMicroseconds[row]) / 1000;
        _boot = _boot < 0 ? start - UptimeAtStart : _boot;
        _latest = Math.Max(_latest, end);
        var record = _datagram.AsSpan(HeaderBytes + (_records++ * RecordBytes), RecordBytes);
        record.Clear();
        var (source, destination) = isForward ? (flows.Source[row], flows.Destination[row]) : (flows.Destination[row], flows.Source[row]);
        BinaryPrimitives.WriteUInt32BigEndian(record, (uint)source.Low);
        BinaryPrimitives.WriteUInt32BigEndian(record[4..], (uint)destination.Low);
        BinaryPrimitives.WriteUInt32BigEndian(record[16..], (uint)(isForward ? flows.ForwardPackets[row] : flows.ReversePackets[row]));
        BinaryPrimitives.WriteUInt32BigEndian(record[20..], (uint)(isForward ? flows.ForwardBytes[row] : flows.ReverseBytes[row]));

        // Milliseconds since the router was started; 32 bits, which wrap after 49 days.
        BinaryPrimitives.WriteUInt32BigEndian(record[24..], (uint)(start - _boot));
        BinaryPrimitives.WriteUInt32BigEndian(record[28..], (uint)(end - _boot));
        var (sourcePort, destinationPort) = Ports(flows, row, isForward);
        BinaryPrimitives.WriteUInt16BigEndian(record[32..], (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(record[34..], (ushort)destinationPort);
        record[37] = (byte)Math.Max((short)0, FlagsOf(flows, row, isForward, isAnswered));
        record[38] = flows.Protocol[row];
    }

    // ICMP has type and code in the place of the destination's port; an echo is answered by type 0.
    private static (int Source, int Destination) Ports(FlowBatch flows, int row, bool isForward)
    {
        var (source, destination) = (flows.SourcePort[row], flows.DestinationPort[row]);
        if (flows.Protocol[row] == IpProtocols.Icmp)
            return (0, isForward ? (source << 8) | destination : 0);

        return isForward ? (source, destination) : (destination, source);
    }

    // A refusal's reset is the responder's.
    private static short FlagsOf(FlowBatch flows, int row, bool isForward, bool isAnswered)
    {
        var flags = flows.TcpFlags[row];
        if (flags < 0 || flows.State[row] != ConnectionState.Rej || !isAnswered)
            return flags;

        return isForward ? TcpFlagLetters.Syn : (short)(flags & ~TcpFlagLetters.Syn);
    }
}
