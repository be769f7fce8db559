using AnomalyApi.Flows.Packets;

namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>Reads the flow out of a packet that was exported with its headers.</summary>
internal static class SampledPacket
{
    /// <summary>Fills in addresses, ports, protocol, flags and bytes; false when it is no IP packet.</summary>
    /// <param name="length">Length of the packet on the wire, of which the bytes may be the beginning.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, int length, LinkType link, ref ExportedFlow flow)
    {
        if (PacketParser.Parse(bytes, length, link, out var packet) != PacketVerdict.Ip)
        {
            return false;
        }

        flow.Source = packet.Source;
        flow.Destination = packet.Destination;
        flow.Protocol = packet.Protocol;
        flow.SourcePort = packet.HasPorts ? packet.SourcePort : -1;
        flow.DestinationPort = packet.HasPorts ? packet.DestinationPort : -1;
        flow.ForwardFlags = packet.HasTcpHeader ? packet.TcpFlags : (short)-1;
        flow.ReverseFlags = -1;
        flow.ForwardBytes = packet.IpBytes;
        return true;
    }
}
