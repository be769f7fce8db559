using System.Buffers.Binary;
using static AnomalyApi.Flows.Packets.PacketParser;

namespace AnomalyApi.Flows.Packets;

/// <summary>Reads IPv4 with options and IPv6 with extension headers.</summary>
/// <remarks>RFC 791; RFC 8200, section 4. A total length of 0 stands in packets captured before the network card cut them into segments: their length
/// is that of the frame.</remarks>
internal static class NetworkLayer
{
    private const int IPv4Header = 20;
    private const int IPv6Header = 40;
    private const int MaxExtensions = 16;
    private const string Cut = "The frame ends within the IP header.";

    /// <param name="frame">The bytes captured.</param>
    /// <param name="at">Where the IP packet begins.</param>
    /// <param name="length">Length of the frame on the wire.</param>
    /// <param name="depth">Tunnels already looked into.</param>
    public static PacketVerdict Parse(ReadOnlySpan<byte> frame, int at, int length, int depth, ref Packet packet)
    {
        if (at >= frame.Length)
        {
            return Damaged(ref packet, Cut);
        }

        packet.IsFragment = packet.IsLaterFragment = packet.IsLastFragment = false;
        return (frame[at] >> 4) switch
        {
            4 => IPv4(frame, at, length, depth, ref packet),
            6 => IPv6(frame, at, length, depth, ref packet),
            _ => Damaged(ref packet, "The IP version is neither 4 nor 6."),
        };
    }

    private static PacketVerdict IPv4(ReadOnlySpan<byte> frame, int at, int length, int depth, ref Packet packet)
    {
        var header = (frame[at] & 0xF) * 4;
        if (header < IPv4Header)
        {
            return Damaged(ref packet, "The IPv4 header claims to be shorter than 20 bytes.");
        }

        if (frame.Length - at < header)
        {
            return Damaged(ref packet, Cut);
        }

        var ip = frame[at..];
        int total = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        total = total == 0 ? length - at : total;
        if (total < header)
        {
            return Damaged(ref packet, "The IPv4 packet claims to be shorter than its header.");
        }

        packet.Source = IpAddressValue.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(ip[12..]));
        packet.Destination = IpAddressValue.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(ip[16..]));
        packet.IpBytes = total;
        var fragment = BinaryPrimitives.ReadUInt16BigEndian(ip[6..]);
        if ((fragment & 0x3FFF) != 0)
        {
            SetFragment(ref packet, isLater: (fragment & 0x1FFF) != 0, isLast: (fragment & 0x2000) == 0, BinaryPrimitives.ReadUInt16BigEndian(ip[4..]));
        }

        return Upper(frame, at + header, at + total, ip[9], depth, ref packet);
    }

    private static PacketVerdict IPv6(ReadOnlySpan<byte> frame, int at, int length, int depth, ref Packet packet)
    {
        if (frame.Length - at < IPv6Header)
        {
            return Damaged(ref packet, Cut);
        }

        var ip = frame[at..];
        var payload = BinaryPrimitives.ReadUInt16BigEndian(ip[4..]);
        var total = payload == 0 ? length - at : IPv6Header + payload;
        packet.Source = IpAddressValue.FromBytes(ip[8..]);
        packet.Destination = IpAddressValue.FromBytes(ip[24..]);
        packet.IpBytes = total;
        var next = ip[6];
        var end = at + total;
        at += IPv6Header;
        for (var extensions = 0; extensions < MaxExtensions; extensions++)
        {
            var size = next is 0 or 43 or 44 or 51 or 60 or 135 or 139 or 140 ? 8 : 0;
            if (size == 0)
            {
                return Upper(frame, at, end, next, depth, ref packet);
            }

            if (Math.Min(frame.Length, end) - at < size)
            {
                return Damaged(ref packet, "The frame ends within an IPv6 extension header.");
            }

            var extension = frame[at..];
            if (next == 44)
            {
                var fragment = BinaryPrimitives.ReadUInt16BigEndian(extension[2..]);
                // A fragment header on a whole packet ("atomic fragment", RFC 6946) is no fragment.
                if ((fragment & 0xFFF9) != 0)
                {
                    SetFragment(ref packet, isLater: fragment >= 8, isLast: (fragment & 1) == 0, BinaryPrimitives.ReadUInt32BigEndian(extension[4..]));
                    if (packet.IsLaterFragment)
                    {
                        return Upper(frame, at + size, end, extension[0], depth, ref packet);
                    }
                }
            }
            else
            {
                // The authentication header counts in words of four bytes, the others in words of eight (RFC 4302, section 2.2).
                size = next == 51 ? (extension[1] + 2) * 4 : (extension[1] + 1) * 8;
            }

            next = extension[0];
            at += size;
        }

        return Damaged(ref packet, "The packet has more than 16 IPv6 extension headers.");
    }

    private static PacketVerdict Upper(ReadOnlySpan<byte> frame, int at, int end, byte protocol, int depth, ref Packet packet)
    {
        packet.Protocol = protocol;
        packet.HasPorts = packet.HasTcpHeader = false;
        packet.TcpFlags = 0;
        // Behind the IP packet stands the padding of short Ethernet frames.
        frame = frame[..Math.Min(frame.Length, end)];
        packet.PayloadBytes = Math.Max(end - at, 0);
        packet.PayloadStart = Math.Min(at, frame.Length);
        packet.PayloadCaptured = frame.Length - packet.PayloadStart;
        if (!packet.IsLaterFragment)
        {
            return TransportLayer.Parse(frame, at, end, depth, ref packet);
        }

        // The first fragment of a tunnel's packet held the header of the packet inside, with its whole length: the rest is counted already.
        return protocol is 4 or 41 or 47 ? NotIp(ref packet, "tunnel-fragment") : PacketVerdict.Ip;
    }

    private static void SetFragment(ref Packet packet, bool isLater, bool isLast, uint id)
    {
        packet.IsFragment = true;
        packet.IsLaterFragment = isLater;
        packet.IsLastFragment = isLast;
        packet.FragmentId = id;
    }
}
