using System.Buffers.Binary;
using System.Text;

namespace AnomalyApi.Flows.Tests.Formats;

/// <summary>Damages bodies at random, as senders and attackers do. The same seed gives the same body.</summary>
internal sealed class BodyMutator(IReadOnlyList<byte[]> samples)
{
    private const int MostChanges = 6;
    private const int LongestBody = 100_000;

    private static readonly string[] Numbers =
    [
        "0", "-1", "00", "1e9", "1e309", "-1e-309", "NaN", "Infinity", "0x10", "0xFFFFFFFF", "255", "256", "65535", "65536", "2147483648", "4294967296",
        "9007199254740993", "9223372036854775807", "9223372036854775808", "99999999999999999999999999999999", "0.0000001", "1.7976931348623157E+308", "١",
    ];

    private static readonly uint[] Words = [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x1_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF];

    // What the formats are made of, so that damage hits their joints and not only their values.
    private static readonly string[] Pieces =
    [
        "\n", "\r\n", "\t", ",", ";", "\"", "\"\"", "{", "}", "[", "]", ":", "\\u0000", "\\ud800", "\\x09", "#fields\t", "#separator ", "null", "true", "-", "_", "0x",
        "%", "::", "\uFEFF", "Summary\n", "<-", "<?>",
    ];

    /// <summary>One of the samples with a few changes.</summary>
    public byte[] Next(int seed)
    {
        var random = new Random(seed);
        var body = new List<byte>(Pick(random));
        for (var change = random.Next(1, MostChanges + 1); change > 0; change--)
        {
            Change(body, random);
            if (body.Count > LongestBody)
            {
                body.RemoveRange(LongestBody, body.Count - LongestBody);
            }
        }

        return [.. body];
    }

    private byte[] Pick(Random random) => samples[random.Next(samples.Count)];

    private void Change(List<byte> body, Random random)
    {
        var at = random.Next(body.Count + 1);
        var length = Math.Min(body.Count - at, random.Next(4) == 0 ? random.Next(400) : random.Next(8));
        switch (random.Next(11))
        {
            case 0 when at < body.Count:
                body[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < body.Count:
                body[at] = (byte)random.Next(256);
                break;
            case 2:
                var noise = new byte[random.Next(1, 20)];
                random.NextBytes(noise);
                body.InsertRange(at, noise);
                break;
            case 3:
                body.RemoveRange(at, length);
                break;
            case 4:
                Repeat(body, at, length, random.Next(20) == 0 ? random.Next(2000) : random.Next(4));
                break;
            case 5:
                // The rest of another body, or of the same one.
                var other = Pick(random);
                body.RemoveRange(at, body.Count - at);
                body.AddRange(other.AsSpan(random.Next(other.Length)));
                break;
            case 6:
                ReplaceNumber(body, at, Numbers[random.Next(Numbers.Length)]);
                break;
            case 7:
                Overwrite(body, at, Words[random.Next(Words.Length)], random.Next(3));
                break;
            case 8:
                body.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                break;
            case 9:
                body.RemoveRange(at, body.Count - at);
                break;
            default:
                Swap(body, at, length, random.Next(body.Count + 1));
                break;
        }
    }

    private static void Repeat(List<byte> body, int at, int length, int times)
    {
        var piece = body.GetRange(at, length);
        for (var i = 0; i < times && body.Count < LongestBody; i++)
        {
            body.InsertRange(at, piece);
        }
    }

    private static void ReplaceNumber(List<byte> body, int at, string number)
    {
        while (at < body.Count && !char.IsAsciiDigit((char)body[at]))
        {
            at++;
        }

        var end = at;
        while (end < body.Count && char.IsAsciiDigit((char)body[end]))
        {
            end++;
        }

        body.RemoveRange(at, end - at);
        body.InsertRange(at, Encoding.UTF8.GetBytes(number));
    }

    // The numbers of binary formats: lengths, counts, times.
    private static void Overwrite(List<byte> body, int at, uint word, int size)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, word);
        var wanted = bytes[(size == 0 ? 3 : size == 1 ? 2 : 0)..];
        if (word % 3 == 0)
        {
            wanted.Reverse();
        }

        for (var i = 0; i < wanted.Length && at + i < body.Count; i++)
        {
            body[at + i] = wanted[i];
        }
    }

    private static void Swap(List<byte> body, int at, int length, int to)
    {
        var piece = body.GetRange(at, length);
        body.RemoveRange(at, length);
        body.InsertRange(Math.Min(to, body.Count), piece);
    }
}
