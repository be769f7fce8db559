using System.Buffers.Binary;

namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>Where the header of an sFlow datagram ends.</summary>
internal static class SFlowFraming
{
    /// <summary>Bytes in front of the first sample; -1 when the header is cut off or its agent's address of an unknown kind. The last sixteen are
    /// sub-agent, sequence, uptime and number of samples.</summary>
    public static int HeaderLength(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < 8)
        {
            return -1;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) switch { 1 => 28, 2 => 40, _ => -1 };
        return length <= datagram.Length ? length : -1;
    }

    /// <summary>The agent's address.</summary>
    public static IpAddressValue Agent(ReadOnlySpan<byte> datagram) =>
        BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) == 1
            ? IpAddressValue.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]))
            : IpAddressValue.FromBytes(datagram[8..]);
}
