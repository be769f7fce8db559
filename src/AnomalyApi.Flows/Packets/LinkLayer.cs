using System.Buffers.Binary;
using static AnomalyApi.Flows.Packets.PacketParser;

namespace AnomalyApi.Flows.Packets;

/// <summary>Finds the IP packet in a frame.</summary>
/// <remarks>Layouts: https://www.tcpdump.org/linktypes.html; IEEE 802.3, 802.1Q, 802.1ad; RFC 1042 (SNAP), 2516 (PPPoE), 3032 (MPLS),
/// 4385 (pseudowire control word).</remarks>
internal static class LinkLayer
{
    /// <summary>The kind of frames that are not looked into.</summary>
    public const string OtherLinkType = "other-link-type";

    private const int EtherHeader = 14;
    private const ushort FirstEtherType = 0x600;
    private const int MaxTags = 8;
    private const int NflogPayload = 9;
    private const string Cut = "The frame ends within its link header.";

    public static PacketVerdict Parse(ReadOnlySpan<byte> frame, int length, LinkType link, ref Packet packet)
    {
        switch (link)
        {
            case LinkType.Ethernet:
                return Ethernet(frame, 0, length, 0, ref packet);
            case LinkType.Raw or LinkType.RawBsd or LinkType.RawOpenBsd or LinkType.IPv4 or LinkType.IPv6:
                return NetworkLayer.Parse(frame, 0, length, 0, ref packet);
            case LinkType.LinuxCooked:
                return frame.Length < 16 ? Damaged(ref packet, Cut) : EtherType(frame, 16, length, UInt16(frame, 14), 0, ref packet);
            case LinkType.LinuxCooked2:
                return frame.Length < 20 ? Damaged(ref packet, Cut) : EtherType(frame, 20, length, UInt16(frame, 0), 0, ref packet);
            case LinkType.Null or LinkType.Loop:
                return Loopback(frame, length, ref packet);
            case LinkType.Nflog:
                return Nflog(frame, length, ref packet);
            case LinkType.Ppp or LinkType.PppSerial:
                return Ppp(frame, 0, length, 0, ref packet);
            case LinkType.PppOverEthernet:
                return PppOverEthernet(frame, 0, length, 0, ref packet);
            case LinkType.CiscoHdlc:
                return frame.Length < 4 ? Damaged(ref packet, Cut) : EtherType(frame, 4, length, UInt16(frame, 2), 0, ref packet);
            default:
                return NotIp(ref packet, OtherLinkType);
        }
    }

    public static PacketVerdict Ethernet(ReadOnlySpan<byte> frame, int at, int length, int depth, ref Packet packet) =>
        frame.Length - at < EtherHeader
            ? Damaged(ref packet, Cut)
            : EtherType(frame, at + EtherHeader, length, UInt16(frame, at + 12), depth, ref packet);

    /// <summary>What follows an EtherType, with the tags in between.</summary>
    public static PacketVerdict EtherType(ReadOnlySpan<byte> frame, int at, int length, ushort type, int depth, ref Packet packet)
    {
        for (var tags = 0; tags < MaxTags; tags++)
        {
            switch (type)
            {
                case 0x0800 or 0x86DD:
                    return NetworkLayer.Parse(frame, at, length, depth, ref packet);
                case 0x8100 or 0x88A8 or 0x9100 or 0x9200 or 0x9300:
                    if (frame.Length - at < 4)
                    {
                        return Damaged(ref packet, Cut);
                    }

                    type = UInt16(frame, at + 2);
                    at += 4;
                    continue;
                case 0x8847 or 0x8848:
                    return Mpls(frame, at, length, depth, ref packet);
                case 0x8864:
                    return PppOverEthernet(frame, at, length, depth, ref packet);
                case 0x8863:
                    return NotIp(ref packet, "pppoe-discovery");
                case 0x0806:
                    return NotIp(ref packet, "arp");
                case 0x8035:
                    return NotIp(ref packet, "rarp");
                case 0x88CC:
                    return NotIp(ref packet, "lldp");
                case 0x888E:
                    return NotIp(ref packet, "eapol");
                case >= FirstEtherType:
                    return NotIp(ref packet, "other-ethertype");
            }

            // A length in place of a type: 802.3 with LLC, where SNAP brings an EtherType after all.
            if (frame.Length - at >= 8 && frame[at] == 0xAA && frame[at + 1] == 0xAA && frame[at + 2] == 3
                && frame[at + 3] == 0 && frame[at + 4] == 0 && frame[at + 5] == 0 && UInt16(frame, at + 6) >= FirstEtherType)
            {
                type = UInt16(frame, at + 6);
                at += 8;
                continue;
            }

            return NotIp(ref packet, "llc");
        }

        return Damaged(ref packet, "The frame has more than eight tags.");
    }

    public static PacketVerdict Mpls(ReadOnlySpan<byte> frame, int at, int length, int depth, ref Packet packet)
    {
        var isBottom = false;
        for (var labels = 0; !isBottom; labels++, at += 4)
        {
            if (frame.Length - at < 4 || labels == 16)
            {
                return Damaged(ref packet, Cut);
            }

            isBottom = (frame[at + 2] & 1) != 0;
        }

        if (at >= frame.Length)
        {
            return Damaged(ref packet, Cut);
        }

        // MPLS does not say what it carries. A pseudowire begins with a control word, whose first four bits are 0 so that it is no IP.
        switch (frame[at] >> 4)
        {
            case 4 or 6:
                return NetworkLayer.Parse(frame, at, length, depth, ref packet);
            case 0:
                return Tunnelled(frame, at + 4, length, depth, ref packet);
            default:
                return NotIp(ref packet, "mpls");
        }
    }

    public static PacketVerdict Ppp(ReadOnlySpan<byte> frame, int at, int length, int depth, ref Packet packet)
    {
        if (frame.Length - at >= 2 && frame[at] == 0xFF && frame[at + 1] == 3)
        {
            at += 2;
        }

        if (frame.Length - at < 2)
        {
            return Damaged(ref packet, Cut);
        }

        // An odd first byte is a protocol field compressed to one byte (RFC 1661, section 6.5).
        var isShort = (frame[at] & 1) != 0;
        var protocol = isShort ? frame[at] : UInt16(frame, at);
        at += isShort ? 1 : 2;
        return protocol switch
        {
            0x21 or 0x57 => NetworkLayer.Parse(frame, at, length, depth, ref packet),
            0x281 => Mpls(frame, at, length, depth, ref packet),
            _ => NotIp(ref packet, "ppp"),
        };
    }

    private static PacketVerdict PppOverEthernet(ReadOnlySpan<byte> frame, int at, int length, int depth, ref Packet packet) =>
        frame.Length - at < 8 ? Damaged(ref packet, Cut) : Ppp(frame, at + 6, length, depth, ref packet);

    private static PacketVerdict Tunnelled(ReadOnlySpan<byte> frame, int at, int length, int depth, ref Packet packet) =>
        depth < MaxDepth && at < frame.Length ? Ethernet(frame, at, length, depth + 1, ref packet) : NotIp(ref packet, "mpls");

    private static PacketVerdict Loopback(ReadOnlySpan<byte> frame, int length, ref Packet packet)
    {
        if (frame.Length < 5)
        {
            return Damaged(ref packet, Cut);
        }

        // The family is in the order of the machine that captured, and 2 is IPv4 everywhere; IPv6 has a number on each system.
        var family = BinaryPrimitives.ReadUInt32LittleEndian(frame);
        family = family > ushort.MaxValue ? BinaryPrimitives.ReverseEndianness(family) : family;
        return family is 2 or 10 or 23 or 24 or 28 or 30
            ? NetworkLayer.Parse(frame, 4, length, 0, ref packet)
            : NotIp(ref packet, "other-family");
    }

    // A list of values, each with its length and type in the order of the machine that captured; one of them is the packet.
    private static PacketVerdict Nflog(ReadOnlySpan<byte> frame, int length, ref Packet packet)
    {
        if (frame.Length < 4)
        {
            return Damaged(ref packet, Cut);
        }

        for (var at = 4; frame.Length - at >= 4;)
        {
            int size = BinaryPrimitives.ReadUInt16LittleEndian(frame[at..]);
            int type = BinaryPrimitives.ReadUInt16LittleEndian(frame[(at + 2)..]);
            if (type > 0xFF)
            {
                (size, type) = (UInt16(frame, at), UInt16(frame, at + 2));
            }

            if (type == NflogPayload)
            {
                return NetworkLayer.Parse(frame, at + 4, length, 0, ref packet);
            }

            if (size < 4)
            {
                return Damaged(ref packet, "A value of the netfilter log message is shorter than its own header.");
            }

            at += (size + 3) & ~3;
        }

        return NotIp(ref packet, "nflog-without-payload");
    }

    private static ushort UInt16(ReadOnlySpan<byte> frame, int at) => BinaryPrimitives.ReadUInt16BigEndian(frame[at..]);
}
