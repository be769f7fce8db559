using System.Buffers.Binary;
using System.Numerics;

namespace AnomalyApi.Flows;

/// <summary>SHA-1 of messages so short that one block holds them with their padding.</summary>
/// <remarks>FIPS 180-4, section 6.1. A Community ID hashes 40 bytes at most. For so few, the framework's call into the system library takes
/// about 0.7 µs, while a whole Community ID takes about 0.25 µs with this (FlowBenchmarks measures both). Nothing secret or trusted
/// depends on it.</remarks>
internal static class Sha1Block
{
    /// <summary>Longest message.</summary>
    public const int LongestMessage = 55;

    /// <summary>Bytes of the hash.</summary>
    public const int HashSize = 20;

    /// <summary>Hashes at most <see cref="LongestMessage"/> bytes.</summary>
    public static void Hash(ReadOnlySpan<byte> message, Span<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(message.Length, LongestMessage);
        Span<byte> block = stackalloc byte[64];
        block.Clear();
        message.CopyTo(block);
        block[message.Length] = 0x80;
        BinaryPrimitives.WriteInt32BigEndian(block[60..], message.Length * 8);

        Span<uint> w = stackalloc uint[80];
        for (var t = 0; t < 16; t++)
        {
            w[t] = BinaryPrimitives.ReadUInt32BigEndian(block[(t * 4)..]);
        }

        for (var t = 16; t < 80; t++)
        {
            w[t] = BitOperations.RotateLeft(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
        }

        const uint H0 = 0x67452301, H1 = 0xEFCDAB89, H2 = 0x98BADCFE, H3 = 0x10325476, H4 = 0xC3D2E1F0;
        var (a, b, c, d, e) = (H0, H1, H2, H3, H4);
        foreach (var word in w[0..20])
        {
            var next = BitOperations.RotateLeft(a, 5) + (((c ^ d) & b) ^ d) + e + 0x5A827999 + word;
            (e, d, c, b, a) = (d, c, BitOperations.RotateLeft(b, 30), a, next);
        }

        foreach (var word in w[20..40])
        {
            var next = BitOperations.RotateLeft(a, 5) + (b ^ c ^ d) + e + 0x6ED9EBA1 + word;
            (e, d, c, b, a) = (d, c, BitOperations.RotateLeft(b, 30), a, next);
        }

        foreach (var word in w[40..60])
        {
            var next = BitOperations.RotateLeft(a, 5) + ((b & c) | ((b | c) & d)) + e + 0x8F1BBCDC + word;
            (e, d, c, b, a) = (d, c, BitOperations.RotateLeft(b, 30), a, next);
        }

        foreach (var word in w[60..80])
        {
            var next = BitOperations.RotateLeft(a, 5) + (b ^ c ^ d) + e + 0xCA62C1D6 + word;
            (e, d, c, b, a) = (d, c, BitOperations.RotateLeft(b, 30), a, next);
        }

        BinaryPrimitives.WriteUInt32BigEndian(hash, H0 + a);
        BinaryPrimitives.WriteUInt32BigEndian(hash[4..], H1 + b);
        BinaryPrimitives.WriteUInt32BigEndian(hash[8..], H2 + c);
        BinaryPrimitives.WriteUInt32BigEndian(hash[12..], H3 + d);
        BinaryPrimitives.WriteUInt32BigEndian(hash[16..], H4 + e);
    }
}
