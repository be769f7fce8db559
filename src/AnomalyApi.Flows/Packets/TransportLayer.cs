using System.Buffers.Binary;
using static AnomalyApi.Flows.Packets.PacketParser;

namespace AnomalyApi.Flows.Packets;

/// <summary>Reads what IP carries: ports, TCP flags, ICMP type and code; and looks into tunnels.</summary>
/// <remarks>RFC 9293 (TCP), 768 (UDP), 9260 (SCTP), 792 and 4443 (ICMP), 2784 and 2890 (GRE), 2637 (PPTP), 2003 and 4213 (IP in IP).
/// ERSPAN: draft-foschiano-erspan-03.</remarks>
internal static class TransportLayer
{
    private const int TcpHeader = 20;
    private const string Cut = "The frame ends before the ports.";

    /// <param name="frame">The bytes captured, without what stands behind the IP packet.</param>
    /// <param name="at">Where the transport header begins.</param>
    /// <param name="end">Where the IP packet ends on the wire.</param>
    /// <param name="depth">Tunnels already looked into.</param>
    public static PacketVerdict Parse(ReadOnlySpan<byte> frame, int at, int end, int depth, ref Packet packet)
    {
        switch (packet.Protocol)
        {
            case IpProtocols.Tcp:
                return Tcp(frame, at, end, ref packet);
            case IpProtocols.Udp or IpProtocols.UdpLite:
                return Ports(frame, at, end, 8, ref packet);
            case IpProtocols.Sctp or IpProtocols.Dccp:
                return Ports(frame, at, end, 12, ref packet);
            case IpProtocols.Icmp or IpProtocols.Icmp6:
                return Icmp(frame, at, end, ref packet);
            case 4 or 41 or 47 when depth < MaxDepth:
                var outer = packet;
                var verdict = packet.Protocol == 47 ? Gre(frame, at, end, depth, ref packet) : NetworkLayer.Parse(frame, at, end, depth + 1, ref packet);
                if (verdict == PacketVerdict.Damaged)
                {
                    // What cannot be looked into is a flow of the tunnel itself.
                    packet = outer;
                    return PacketVerdict.Ip;
                }

                return verdict;
            case 51 when frame.Length - at >= 8:
                // IPv4 has the authentication header in place of a transport.
                packet.Protocol = frame[at];
                at += (frame[at + 1] + 2) * 4;
                return packet.Protocol == 51 || at > frame.Length ? PacketVerdict.Ip : Parse(frame, at, end, depth, ref packet);
            default:
                return PacketVerdict.Ip;
        }
    }

    private static PacketVerdict Ports(ReadOnlySpan<byte> frame, int at, int end, int header, ref Packet packet)
    {
        if (frame.Length - at < 4)
        {
            return Damaged(ref packet, Cut);
        }

        packet.HasPorts = true;
        packet.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(frame[at..]);
        packet.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(frame[(at + 2)..]);
        SetPayload(frame, at + header, end, ref packet);
        return PacketVerdict.Ip;
    }

    private static PacketVerdict Tcp(ReadOnlySpan<byte> frame, int at, int end, ref Packet packet)
    {
        if (frame.Length - at < TcpHeader)
        {
            return Ports(frame, at, end, TcpHeader, ref packet);
        }

        var tcp = frame[at..];
        packet.HasPorts = true;
        packet.HasTcpHeader = true;
        packet.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(tcp);
        packet.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(tcp[2..]);
        packet.TcpSequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]);
        packet.TcpAcknowledgement = BinaryPrimitives.ReadUInt32BigEndian(tcp[8..]);
        packet.TcpFlags = tcp[13];
        packet.TcpWindow = BinaryPrimitives.ReadUInt16BigEndian(tcp[14..]);
        SetPayload(frame, at + Math.Max((tcp[12] >> 4) * 4, TcpHeader), end, ref packet);
        return PacketVerdict.Ip;
    }

    private static PacketVerdict Icmp(ReadOnlySpan<byte> frame, int at, int end, ref Packet packet)
    {
        if (frame.Length - at < 2)
        {
            return Damaged(ref packet, "The frame ends before the ICMP type.");
        }

        packet.HasPorts = true;
        packet.SourcePort = frame[at];
        packet.DestinationPort = frame[at + 1];
        SetPayload(frame, at + 8, end, ref packet);
        return PacketVerdict.Ip;
    }

    private static PacketVerdict Gre(ReadOnlySpan<byte> frame, int at, int end, int depth, ref Packet packet)
    {
        const string unreadable = "The frame ends within the GRE header.";
        if (frame.Length - at < 4)
        {
            return Damaged(ref packet, unreadable);
        }

        var flags = BinaryPrimitives.ReadUInt16BigEndian(frame[at..]);
        var type = BinaryPrimitives.ReadUInt16BigEndian(frame[(at + 2)..]);
        var hasSequence = (flags & 0x1000) != 0;
        // Bit 0 checksum, bit 1 routing (obsolete, with fields of any length behind it), bit 2 key, bit 3 sequence; in version 1 bit 8 acknowledgement.
        if ((flags & 0x4000) != 0)
        {
            return Damaged(ref packet, unreadable);
        }

        at += 4 + ((flags & 0x8000) != 0 ? 4 : 0) + ((flags & 0x2000) != 0 ? 4 : 0) + (hasSequence ? 4 : 0) + ((flags & 0x87) == 0x81 ? 4 : 0);
        switch (type)
        {
            case 0x0800 or 0x86DD:
                return NetworkLayer.Parse(frame, at, end, depth + 1, ref packet);
            case 0x6558:
                return LinkLayer.Ethernet(frame, at, end, depth + 1, ref packet);
            case 0x88BE:
                // ERSPAN type I has no header of its own and no sequence number, type II has both.
                return LinkLayer.Ethernet(frame, hasSequence ? at + 8 : at, end, depth + 1, ref packet);
            case 0x22EB:
                // Type III: 12 bytes, and 8 more when the last bit says so.
                return frame.Length - at < 12
                    ? Damaged(ref packet, unreadable)
                    : LinkLayer.Ethernet(frame, at + 12 + ((frame[at + 11] & 1) * 8), end, depth + 1, ref packet);
            case 0x8847 or 0x8848:
                return LinkLayer.Mpls(frame, at, end, depth + 1, ref packet);
            case 0x880B:
                // Control messages of PPP belong to the tunnel.
                return LinkLayer.Ppp(frame, at, end, depth + 1, ref packet) == PacketVerdict.Ip ? PacketVerdict.Ip : PacketVerdict.Damaged;
            default:
                return Damaged(ref packet, unreadable);
        }
    }

    private static void SetPayload(ReadOnlySpan<byte> frame, int start, int end, ref Packet packet)
    {
        packet.PayloadBytes = Math.Max(end - start, 0);
        packet.PayloadStart = Math.Min(start, frame.Length);
        packet.PayloadCaptured = frame.Length - packet.PayloadStart;
    }
}
