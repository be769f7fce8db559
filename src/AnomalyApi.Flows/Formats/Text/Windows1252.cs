using System.Text;

namespace AnomalyApi.Flows.Formats.Text;

/// <summary>Text of programs that know no UTF-8: the labels of CIC-IDS2017 have a dash in it.</summary>
internal static class Windows1252
{
    // 0x80 to 0x9F; above them it is Latin-1. Five are not assigned.
    private const string Upper = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ";

    /// <summary>The same text in UTF-8, cut where the room ends.</summary>
    public static ReadOnlySpan<byte> ToUtf8(ReadOnlySpan<byte> text, Span<byte> room)
    {
        var used = 0;
        foreach (var b in text)
        {
            var character = b is >= 0x80 and < 0xA0 ? Upper[b - 0x80] : (char)b;
            if (!new Rune(character).TryEncodeToUtf8(room[used..], out var written))
            {
                break;
            }

            used += written;
        }

        return room[..used];
    }
}
