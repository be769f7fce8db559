using System.Buffers.Binary;
using System.Text;
using AnomalyApi.Flows;

namespace AnomalyApi.Testing;

/// <summary>Makes the bytes of packets, layer by layer: <c>Frames.Ethernet(Frames.IPv4("10.0.0.1", "10.0.0.2", 6, Frames.Tcp(1000, 80, "S")))</c>.</summary>
public static class Frames
{
    /// <summary>A TCP segment.</summary>
    /// <param name="flags">As letters, for example SA.</param>
    public static byte[] Tcp(int from, int to, string flags, uint sequence = 0, uint acknowledgement = 0, byte[]? payload = null, int window = 1024)
    {
        var tcp = new byte[20];
        UInt16(tcp, 0, from);
        UInt16(tcp, 2, to);
        BinaryPrimitives.WriteUInt32BigEndian(tcp.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(tcp.AsSpan(8), acknowledgement);
        tcp[12] = 5 << 4;
        tcp[13] = TcpFlagLetters.TryParse(Encoding.ASCII.GetBytes(flags), out var bits) ? bits : throw new ArgumentException($"No TCP flags: {flags}.", nameof(flags));
        UInt16(tcp, 14, window);
        return [.. tcp, .. payload ?? []];
    }

    /// <summary>A UDP datagram.</summary>
    public static byte[] Udp(int from, int to, params byte[] payload)
    {
        var udp = new byte[8];
        UInt16(udp, 0, from);
        UInt16(udp, 2, to);
        UInt16(udp, 4, 8 + payload.Length);
        return [.. udp, .. payload];
    }

    /// <summary>An ICMP message.</summary>
    public static byte[] Icmp(int type, int code, int id = 1, int bytes = 8) => [(byte)type, (byte)code, 0, 0, (byte)(id >> 8), (byte)id, 0, 0, .. new byte[bytes]];

    /// <summary>An IPv4 packet.</summary>
    /// <param name="fragment">Flags and offset, in units of 8 bytes: 0x2000 for the first of several.</param>
    /// <param name="options">Bytes of options, a multiple of four.</param>
    public static byte[] IPv4(string from, string to, int protocol, byte[] payload, int fragment = 0, int id = 0, int options = 0)
    {
        var ip = new byte[20 + options];
        ip[0] = (byte)(0x40 | (ip.Length / 4));
        UInt16(ip, 2, ip.Length + payload.Length);
        UInt16(ip, 4, id);
        UInt16(ip, 6, fragment);
        ip[8] = 64;
        ip[9] = (byte)protocol;
        IpAddressValue.Parse(from).ToBytes().AsSpan(12).CopyTo(ip.AsSpan(12));
        IpAddressValue.Parse(to).ToBytes().AsSpan(12).CopyTo(ip.AsSpan(16));
        return [.. ip, .. payload];
    }

    /// <summary>An IPv6 packet; the payload begins with its extension headers.</summary>
    public static byte[] IPv6(string from, string to, int next, params byte[] payload)
    {
        var ip = new byte[40];
        ip[0] = 0x60;
        UInt16(ip, 4, payload.Length);
        ip[6] = (byte)next;
        ip[7] = 64;
        IpAddressValue.Parse(from).WriteBytes(ip.AsSpan(8));
        IpAddressValue.Parse(to).WriteBytes(ip.AsSpan(24));
        return [.. ip, .. payload];
    }

    /// <summary>A frame of Ethernet; EtherType of IPv4 or IPv6 by the first byte of the packet.</summary>
    public static byte[] Ethernet(byte[] packet) => Ethernet(packet[0] >> 4 == 4 ? 0x0800 : 0x86DD, packet);

    /// <summary>A frame of Ethernet.</summary>
    public static byte[] Ethernet(int type, params byte[] packet) => [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, (byte)(type >> 8), (byte)type, .. packet];

    /// <summary>A tag and what is behind it.</summary>
    public static byte[] Tagged(int vlan, int type, byte[] packet) => [(byte)(vlan >> 8), (byte)vlan, (byte)(type >> 8), (byte)type, .. packet];

    /// <summary>GRE without options.</summary>
    public static byte[] Gre(int type, byte[] packet) => [0, 0, (byte)(type >> 8), (byte)type, .. packet];

    /// <summary>A handshake and farewell: what a short connection looks like.</summary>
    public static IEnumerable<byte[]> Connection(string client, string server, int from, int to, byte[] request, byte[] answer)
    {
        byte[] Out(string flags, uint sequence, uint acknowledgement, byte[]? payload = null) =>
            Ethernet(IPv4(client, server, 6, Tcp(from, to, flags, sequence, acknowledgement, payload)));
        byte[] In(string flags, uint sequence, uint acknowledgement, byte[]? payload = null) =>
            Ethernet(IPv4(server, client, 6, Tcp(to, from, flags, sequence, acknowledgement, payload)));

        var sent = 101 + (uint)request.Length;
        var got = 501 + (uint)answer.Length;
        return
        [
            Out("S", 100, 0), In("SA", 500, 101), Out("A", 101, 501), Out("PA", 101, 501, request), In("PA", 501, sent, answer), Out("FA", sent, got),
            In("FA", got, sent + 1), Out("A", sent + 1, got + 1),
        ];
    }

    private static void UInt16(byte[] bytes, int at, int value) => BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), (ushort)value);
}
