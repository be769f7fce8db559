using System.Buffers.Binary;

namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>The records of NetFlow v5, and of v7, which has the same fields in 52 bytes.</summary>
/// <remarks>Cisco, NetFlow Export Datagram Format. Times are 32-bit uptimes, counts have 32 bits, addresses are IPv4.</remarks>
internal static class FixedRecords
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderLength = 24;

    /// <summary>Most records of one datagram that exporters send.</summary>
    public const int MostRecords = 30;

    private const int IntervalMask = 0x3FFF;

    /// <summary>Bytes of a record.</summary>
    public static int RecordLength(int version) => version == 5 ? 48 : 52;

    /// <summary>When the datagram was sent, in microseconds since 1970.</summary>
    public static long ExportTime(ReadOnlySpan<byte> datagram)
    {
        var nanoseconds = BinaryPrimitives.ReadUInt32BigEndian(datagram[12..]);
        return (BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]) * 1_000_000L) + (nanoseconds < 1_000_000_000 ? nanoseconds / 1000 : 0);
    }

    /// <summary>The interval of the header; its mode says how packets are picked, and often nothing.</summary>
    public static int SamplingInterval(ReadOnlySpan<byte> datagram, int version) =>
        version == 5 ? Math.Max(1, BinaryPrimitives.ReadUInt16BigEndian(datagram[22..]) & IntervalMask) : 1;

    /// <summary>Reads one record.</summary>
    public static void Read(ReadOnlySpan<byte> record, int version, in ExportMessage message, int sampling, ref ExportedFlow flow)
    {
        // One check of the length for all fields.
        record = record[..48];
        var first = BinaryPrimitives.ReadUInt32BigEndian(record[24..]);
        var milliseconds = unchecked((int)(BinaryPrimitives.ReadUInt32BigEndian(record[28..]) - first));
        var sourcePort = BinaryPrimitives.ReadUInt16BigEndian(record[32..]);
        var destinationPort = BinaryPrimitives.ReadUInt16BigEndian(record[34..]);
        flow.Source = IpAddressValue.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(record));
        flow.Destination = IpAddressValue.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(record[4..]));
        flow.Start = message.TimeOfUptime(first);
        flow.Duration = milliseconds < 0 ? -1 : milliseconds * 1000L;
        flow.ForwardPackets = BinaryPrimitives.ReadUInt32BigEndian(record[16..]);
        flow.ForwardBytes = BinaryPrimitives.ReadUInt32BigEndian(record[20..]);
        flow.ReversePackets = -1;
        flow.ReverseBytes = -1;
        flow.ReverseFlags = -1;
        flow.ForwardFlags = record[37];
        flow.Protocol = record[38];
        if (IpProtocols.HasPorts(flow.Protocol))
        {
            flow.SourcePort = sourcePort;
            flow.DestinationPort = destinationPort;
        }
        else if (flow.Protocol == IpProtocols.Icmp)
        {
            // Type and code share the destination port.
            flow.SourcePort = destinationPort >> 8;
            flow.DestinationPort = destinationPort & 0xFF;
        }
        else
        {
            flow.SourcePort = -1;
            flow.DestinationPort = -1;
        }

        flow.SamplingInterval = 1;
        flow.Scale(sampling);
    }
}
