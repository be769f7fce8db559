using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace AnomalyApi.Flows;

/// <summary>Community ID version 1: one text for a flow that every sensor computes alike, whichever side it saw first.</summary>
/// <remarks>https://github.com/corelight/community-id-spec. Thread-safe. Allocates the result only.</remarks>
public static class CommunityId
{
    private const int Length = 30;
    private const int None = -1;

    /// <summary>Computes the ID.</summary>
    /// <param name="sourcePort">0 to 65535, the type for ICMP; ignored for protocols without ports.</param>
    /// <param name="destinationPort">0 to 65535, the code for ICMP; ignored for protocols without ports.</param>
    /// <exception cref="ArgumentOutOfRangeException">The protocol needs ports and one is missing or out of range.</exception>
    public static string Compute(
        in IpAddressValue source, in IpAddressValue destination, int sourcePort, int destinationPort, byte protocol, ushort seed = 0)
    {
        var withPorts = NeedsPorts(protocol);
        var oneWay = false;
        if (withPorts)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)sourcePort, ushort.MaxValue, nameof(sourcePort));
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)destinationPort, ushort.MaxValue, nameof(destinationPort));
            if (protocol is IpProtocols.Icmp or IpProtocols.Icmp6)
            {
                var answer = protocol == IpProtocols.Icmp ? AnswerToIcmp(sourcePort) : AnswerToIcmp6(sourcePort);
                oneWay = answer == None;
                destinationPort = oneWay ? destinationPort : answer;
            }
        }

        var order = source.CompareTo(destination);
        var swap = !oneWay && (order > 0 || (order == 0 && withPorts && sourcePort > destinationPort));
        Span<byte> message = stackalloc byte[40];
        BinaryPrimitives.WriteUInt16BigEndian(message, seed);
        var used = 2;
        used += WriteAddress(swap ? destination : source, source.IsIPv4 && destination.IsIPv4, message[used..]);
        used += WriteAddress(swap ? source : destination, source.IsIPv4 && destination.IsIPv4, message[used..]);
        message[used++] = protocol;
        message[used++] = 0;
        if (withPorts)
        {
            BinaryPrimitives.WriteUInt16BigEndian(message[used..], (ushort)(swap ? destinationPort : sourcePort));
            BinaryPrimitives.WriteUInt16BigEndian(message[(used + 2)..], (ushort)(swap ? sourcePort : destinationPort));
            used += 4;
        }

        Span<byte> hash = stackalloc byte[Sha1Block.HashSize];
        Sha1Block.Hash(message[..used], hash);
        Span<byte> text = stackalloc byte[Length];
        text[0] = (byte)'1';
        text[1] = (byte)':';
        Base64.EncodeToUtf8(hash, text[2..], out _, out _);
        return Encoding.ASCII.GetString(text);
    }

    /// <summary>Whether the ports (type and code for ICMP) are part of the ID, so that it cannot be computed without them.</summary>
    public static bool NeedsPorts(byte protocol) =>
        protocol is IpProtocols.Tcp or IpProtocols.Udp or IpProtocols.Sctp or IpProtocols.Icmp or IpProtocols.Icmp6;

    private static int WriteAddress(in IpAddressValue address, bool asIPv4, Span<byte> destination)
    {
        if (asIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)address.Low);
            return 4;
        }

        address.WriteBytes(destination);
        return IpAddressValue.Size;
    }

    // Requests and answers get the same ID: the "port" of the other side is the type it answers with.
    private static int AnswerToIcmp(int type) => type switch
    {
        8 => 0, 0 => 8, 13 => 14, 14 => 13, 15 => 16, 16 => 15, 17 => 18, 18 => 17, 10 => 9, 9 => 10, _ => None,
    };

    private static int AnswerToIcmp6(int type) => type switch
    {
        128 => 129, 129 => 128, 133 => 134, 134 => 133, 135 => 136, 136 => 135,
        130 => 131, 131 => 130, 139 => 140, 140 => 139, 144 => 145, 145 => 144, _ => None,
    };
}
