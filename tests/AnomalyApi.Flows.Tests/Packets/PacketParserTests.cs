using System.Buffers.Binary;
using AnomalyApi.Flows.Packets;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Packets;

public class PacketParserTests
{
    private const string A = "10.0.0.1";
    private const string B = "10.0.0.2";
    private const string A6 = "2001:db8::1";
    private const string B6 = "2001:db8::2";

    // 20 + 8 + 4 bytes.
    private static readonly byte[] Ip = Frames.IPv4(A, B, 17, Frames.Udp(1000, 53, 1, 2, 3, 4));
    private static readonly byte[] Ip6 = Frames.IPv6(A6, B6, 17, Frames.Udp(1000, 53, 1, 2, 3, 4));

    public static TheoryData<string, int, byte[]> Frames4()
    {
        byte[] nflogMark = [8, 0, 3, 0, 1, 2, 3, 4];
        byte[] pppoe = [0x11, 0, 0, 1, 0, 34];
        return new TheoryData<string, int, byte[]>
        {
            { "ethernet", 1, Frames.Ethernet(Ip) },
            { "ethernet, padded", 1, [.. Frames.Ethernet(Ip), .. new byte[18]] },
            { "vlan", 1, Frames.Ethernet(0x8100, Frames.Tagged(7, 0x0800, Ip)) },
            { "qinq", 1, Frames.Ethernet(0x88A8, Frames.Tagged(7, 0x8100, Frames.Tagged(8, 0x0800, Ip))) },
            { "qinq of old", 1, Frames.Ethernet(0x9100, Frames.Tagged(7, 0x8100, Frames.Tagged(8, 0x0800, Ip))) },
            { "mpls", 1, Frames.Ethernet(0x8847, [0, 1, 0, 64, 0, 2, 1, 64, .. Ip]) },
            { "mpls pseudowire", 1, Frames.Ethernet(0x8847, [0, 1, 1, 64, 0, 0, 0, 0, .. Frames.Ethernet(Ip)]) },
            { "pppoe", 1, Frames.Ethernet(0x8864, [.. pppoe, 0, 0x21, .. Ip]) },
            { "snap", 1, Frames.Ethernet(40, [0xAA, 0xAA, 3, 0, 0, 0, 8, 0, .. Ip]) },
            { "bsd loopback", 0, [2, 0, 0, 0, .. Ip] },
            { "bsd loopback, other order", 0, [0, 0, 0, 2, .. Ip] },
            { "openbsd loopback", 108, [0, 0, 0, 2, .. Ip] },
            { "raw", 101, Ip },
            { "raw of bsd", 12, Ip },
            { "ipv4", 228, Ip },
            { "ppp", 9, [0, 0x21, .. Ip] },
            { "ppp with address", 50, [0xFF, 3, 0, 0x21, .. Ip] },
            { "ppp, short protocol", 9, [0x21, .. Ip] },
            { "pppoe without ethernet", 51, [.. pppoe, 0, 0x21, .. Ip] },
            { "cisco hdlc", 104, [0x0F, 0, 8, 0, .. Ip] },
            { "linux cooked", 113, [.. new byte[14], 8, 0, .. Ip] },
            { "linux cooked, vlan", 113, [.. new byte[14], 0x81, 0, 0, 7, 8, 0, .. Ip] },
            { "linux cooked 2", 276, [8, 0, .. new byte[18], .. Ip] },
            { "nflog", 239, [2, 0, 0, 0, .. nflogMark, (byte)(Ip.Length + 4), 0, 9, 0, .. Ip] },
            { "nflog, other order", 239, [2, 0, 0, 0, 0, (byte)(Ip.Length + 4), 0, 9, .. Ip] },
            { "ip in ip", 1, Frames.Ethernet(Frames.IPv4("192.0.2.1", "192.0.2.2", 4, Ip)) },
            { "ip in ipv6", 1, Frames.Ethernet(Frames.IPv6(A6, B6, 4, Ip)) },
            { "gre", 1, Frames.Ethernet(Frames.IPv4("192.0.2.1", "192.0.2.2", 47, Frames.Gre(0x0800, Ip))) },
            { "gre, checksum, key, sequence", 1, Frames.Ethernet(Frames.IPv4("192.0.2.1", "192.0.2.2", 47, [0xB0, 0, 8, 0, .. new byte[12], .. Ip])) },
            { "gre, ethernet", 1, Frames.Ethernet(Frames.IPv4("192.0.2.1", "192.0.2.2", 47, Frames.Gre(0x6558, Frames.Ethernet(Ip)))) },
            { "pptp", 1, Frames.Ethernet(Frames.IPv4("192.0.2.1", "192.0.2.2", 47, [0x30, 0x81, 0x88, 0x0B, .. new byte[12], 0xFF, 3, 0, 0x21, .. Ip])) },
            { "erspan 1", 1, Frames.Ethernet(Frames.IPv4("192.0.2.1", "192.0.2.2", 47, Frames.Gre(0x88BE, Frames.Ethernet(Ip)))) },
            { "erspan 2", 1, Frames.Ethernet(Frames.IPv4("192.0.2.1", "192.0.2.2", 47, [0x10, 0, 0x88, 0xBE, 0, 0, 0, 1, .. new byte[8], .. Frames.Ethernet(Ip)])) },
            { "erspan 3", 1, Frames.Ethernet(Frames.IPv4("192.0.2.1", "192.0.2.2", 47, [0x10, 0, 0x22, 0xEB, 0, 0, 0, 1, .. new byte[12], .. Frames.Ethernet(Ip)])) },
            { "erspan 3, subheader", 1, Frames.Ethernet(Frames.IPv4("192.0.2.1", "192.0.2.2", 47, [0x10, 0, 0x22, 0xEB, 0, 0, 0, 1, .. new byte[11], 1, .. new byte[8], .. Frames.Ethernet(Ip)])) },
        };
    }

    [Theory]
    [MemberData(nameof(Frames4))]
    public void Whatever_a_frame_wraps_around_it_the_packet_is_found(string name, int link, byte[] frame)
    {
        var packet = Parsed(link, frame);

        Assert.True(packet.Source == IpAddressValue.Parse(A), name);
        Assert.Equal(IpAddressValue.Parse(B), packet.Destination);
        Assert.Equal((17, 1000, 53), (packet.Protocol, packet.SourcePort, packet.DestinationPort));
        Assert.True(packet.HasPorts);
        Assert.False(packet.IsFragment);
        Assert.Equal(32, packet.IpBytes);
        Assert.Equal(4, packet.PayloadBytes);
        Assert.Equal([1, 2, 3, 4], packet.Payload(frame).ToArray());
    }

    [Theory]
    [MemberData(nameof(Frames4))]
    public void Every_cut_of_a_frame_is_judged(string name, int link, byte[] frame)
    {
        for (var length = 0; length < frame.Length; length++)
        {
            var verdict = PacketParser.Parse(frame.AsSpan(0, length), frame.Length, (LinkType)link, out var packet);

            Assert.True((verdict == PacketVerdict.Ip) == (packet.Note is null), name);
            _ = packet.Payload(frame.AsSpan(0, length));
        }
    }

    public static TheoryData<string, int, byte[]> Frames6() => new()
    {
        { "ethernet", 1, Frames.Ethernet(Ip6) },
        { "raw", 101, Ip6 },
        { "ipv6", 229, Ip6 },
        { "linux loopback", 0, [10, 0, 0, 0, .. Ip6] },
        { "mac loopback", 0, [30, 0, 0, 0, .. Ip6] },
        { "ppp", 9, [0, 0x57, .. Ip6] },
        { "6in4", 1, Frames.Ethernet(Frames.IPv4("192.0.2.1", "192.0.2.2", 41, Ip6)) },
        { "mpls", 1, Frames.Ethernet(0x8847, [0, 1, 1, 64, .. Ip6]) },
    };

    [Theory]
    [MemberData(nameof(Frames6))]
    public void An_IPv6_packet_is_found(string name, int link, byte[] frame)
    {
        var packet = Parsed(link, frame);

        Assert.True(packet.Source == IpAddressValue.Parse(A6), name);
        Assert.Equal((17, 1000, 53, 52, 4), (packet.Protocol, packet.SourcePort, packet.DestinationPort, packet.IpBytes, packet.PayloadBytes));
    }

    [Fact]
    public void Extension_headers_are_stepped_over()
    {
        // Hop-by-hop, destination options of 16 bytes, routing, authentication of 24 bytes.
        byte[] extensions = [60, 0, .. new byte[6], 43, 1, .. new byte[14], 51, 0, .. new byte[6], 17, 4, .. new byte[22]];
        var packet = Parsed(101, Frames.IPv6(A6, B6, 0, [.. extensions, .. Frames.Udp(1000, 53, 1, 2, 3, 4)]));

        Assert.Equal((17, 1000, 53), (packet.Protocol, packet.SourcePort, packet.DestinationPort));
        Assert.Equal(40 + extensions.Length + 12, packet.IpBytes);
    }

    [Fact]
    public void Options_of_IPv4_are_stepped_over()
    {
        var packet = Parsed(101, Frames.IPv4(A, B, 17, Frames.Udp(1000, 53), options: 12));

        Assert.Equal((1000, 53, 40), (packet.SourcePort, packet.DestinationPort, packet.IpBytes));
    }

    [Fact]
    public void Fragments_of_IPv4_say_which_packet_they_are_of()
    {
        var first = Parsed(101, Frames.IPv4(A, B, 17, Frames.Udp(1000, 53, new byte[8]), fragment: 0x2000, id: 77));
        var middle = Parsed(101, Frames.IPv4(A, B, 17, new byte[8], fragment: 0x2002, id: 77));
        var last = Parsed(101, Frames.IPv4(A, B, 17, new byte[8], fragment: 3, id: 77));

        Assert.Equal((true, false, false, true, 77u), (first.IsFragment, first.IsLaterFragment, first.IsLastFragment, first.HasPorts, first.FragmentId));
        Assert.Equal((true, true, false, false, 77u), (middle.IsFragment, middle.IsLaterFragment, middle.IsLastFragment, middle.HasPorts, middle.FragmentId));
        Assert.Equal((true, true, true, false, 77u), (last.IsFragment, last.IsLaterFragment, last.IsLastFragment, last.HasPorts, last.FragmentId));
        Assert.Equal(28, last.IpBytes);
    }

    [Fact]
    public void Fragments_of_IPv6_say_which_packet_they_are_of()
    {
        var first = Parsed(101, Frames.IPv6(A6, B6, 44, [17, 0, 0, 1, 0, 0, 0, 77, .. Frames.Udp(1000, 53)]));
        var last = Parsed(101, Frames.IPv6(A6, B6, 44, [17, 0, 0, 8, 0, 0, 0, 77, .. new byte[9]]));
        var whole = Parsed(101, Frames.IPv6(A6, B6, 44, [17, 0, 0, 0, 0, 0, 0, 77, .. Frames.Udp(1000, 53)]));

        Assert.Equal((true, false, 17, 1000), (first.IsFragment, first.IsLaterFragment, first.Protocol, first.SourcePort));
        Assert.Equal((true, true, 17, 77u), (last.IsLaterFragment, last.IsLastFragment, last.Protocol, last.FragmentId));
        Assert.Equal((false, 1000), (whole.IsFragment, whole.SourcePort));
    }

    [Fact]
    public void TCP_gives_flags_numbers_and_payload()
    {
        var frame = Frames.Ethernet(Frames.IPv4(A, B, 6, Frames.Tcp(1000, 80, "PA", 7, 9, [65, 66], window: 500)));
        var packet = Parsed(1, frame);

        Assert.Equal((6, 1000, 80, 0x18), (packet.Protocol, packet.SourcePort, packet.DestinationPort, packet.TcpFlags));
        Assert.Equal((7u, 9u, 500, true), (packet.TcpSequence, packet.TcpAcknowledgement, packet.TcpWindow, packet.HasTcpHeader));
        Assert.Equal("AB"u8.ToArray(), packet.Payload(frame).ToArray());
    }

    [Theory]
    [InlineData(132, 1000, 80)]
    [InlineData(33, 1000, 80)]
    [InlineData(136, 1000, 80)]
    [InlineData(1, 8, 0)]
    [InlineData(58, 8, 0)]
    public void Other_transports_give_their_ports_or_type_and_code(int protocol, int from, int to)
    {
        byte[] header = protocol is 1 or 58 ? Frames.Icmp(from, to) : [.. Frames.Udp(from, to), .. new byte[4]];
        var packet = Parsed(101, Frames.IPv4(A, B, protocol, header));

        Assert.Equal((protocol, from, to, true), (packet.Protocol, packet.SourcePort, packet.DestinationPort, packet.HasPorts));
    }

    [Theory]
    [InlineData(47, 0x30, 0x81, 0x88, 0x0B)]
    [InlineData(47, 0, 0, 0, 0)]
    [InlineData(47, 0x40, 0, 8, 0)]
    [InlineData(4, 0x90, 0, 0, 0)]
    [InlineData(50, 1, 2, 3, 4)]
    [InlineData(89, 2, 1, 0, 48)]
    public void A_tunnel_that_cannot_be_looked_into_is_a_flow_itself(int protocol, params int[] payload)
    {
        var packet = Parsed(101, Frames.IPv4(A, B, protocol, [.. payload.Select(b => (byte)b), .. new byte[30]]));

        Assert.Equal((protocol, false), (packet.Protocol, packet.HasPorts));
        Assert.Equal(IpAddressValue.Parse(A), packet.Source);
        Assert.Equal(20 + payload.Length + 30, packet.IpBytes);
    }

    [Fact]
    public void Tunnels_are_looked_into_four_deep()
    {
        var ip = Ip;
        for (var i = 0; i < 10; i++)
        {
            ip = Frames.IPv4("192.0.2." + i, "192.0.2.99", 4, ip);
        }

        Assert.Equal(IpAddressValue.Parse("192.0.2.5"), Parsed(101, ip).Source);
    }

    [Fact]
    public void A_total_length_of_zero_is_the_length_of_the_frame()
    {
        var ip = (byte[])Ip.Clone();
        BinaryPrimitives.WriteUInt16BigEndian(ip.AsSpan(2), 0);
        Assert.Equal(32, Parsed(1, Frames.Ethernet(ip)).IpBytes);

        var ip6 = (byte[])Ip6.Clone();
        BinaryPrimitives.WriteUInt16BigEndian(ip6.AsSpan(4), 0);
        Assert.Equal(52, Parsed(1, Frames.Ethernet(ip6)).IpBytes);
    }

    [Fact]
    public void A_cut_frame_counts_what_was_on_the_wire()
    {
        var frame = Frames.Ethernet(Frames.IPv4(A, B, 6, Frames.Tcp(1000, 80, "A", payload: new byte[1000])));
        Assert.Equal(PacketVerdict.Ip, PacketParser.Parse(frame.AsSpan(0, 64), frame.Length, LinkType.Ethernet, out var packet));

        Assert.Equal((1040, 1000, 10), (packet.IpBytes, packet.PayloadBytes, packet.PayloadCaptured));
    }

    [Theory]
    [InlineData(1, "arp", 0x08, 0x06)]
    [InlineData(1, "rarp", 0x80, 0x35)]
    [InlineData(1, "lldp", 0x88, 0xCC)]
    [InlineData(1, "eapol", 0x88, 0x8E)]
    [InlineData(1, "pppoe-discovery", 0x88, 0x63)]
    [InlineData(1, "other-ethertype", 0x88, 0xF7)]
    [InlineData(1, "llc", 0x00, 0x30)]
    [InlineData(147, "other-link-type", 0, 0)]
    public void What_is_no_IP_packet_is_named(int link, string kind, int high, int low)
    {
        var frame = Frames.Ethernet((high << 8) | low, new byte[46]);

        Assert.Equal(PacketVerdict.NotIp, PacketParser.Parse(frame, frame.Length, (LinkType)link, out var packet));
        Assert.Equal(kind, packet.Note);
    }

    [Fact]
    public void Random_frames_never_break_the_parser()
    {
        var random = new Random(5);
        int[] links = [0, 1, 9, 12, 50, 51, 101, 104, 108, 113, 228, 239, 276];
        byte[][] seeds = [.. Frames4().Concat(Frames6()).Select(row => row.Data.Item3)];
        for (var round = 0; round < 200_000; round++)
        {
            var frame = (byte[])seeds[random.Next(seeds.Length)].Clone();
            for (var flips = random.Next(1, 5); flips > 0; flips--)
            {
                frame[random.Next(frame.Length)] = (byte)random.Next(256);
            }

            var verdict = PacketParser.Parse(frame, random.Next(2000), (LinkType)links[random.Next(links.Length)], out var packet);
            Assert.Equal(verdict == PacketVerdict.Ip, packet.Note is null);
            Assert.True(packet.PayloadCaptured >= 0 && packet.PayloadBytes >= 0 && packet.IpBytes >= 0);
            _ = packet.Payload(frame);
        }
    }

    private static Packet Parsed(int link, byte[] frame)
    {
        Assert.Equal(PacketVerdict.Ip, PacketParser.Parse(frame, frame.Length, (LinkType)link, out var packet));
        return packet;
    }
}
