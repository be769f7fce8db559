using System.Buffers.Text;

namespace AnomalyApi.Flows.Formats.Text;

/// <summary>Seconds as decimal text, read to whole microseconds.</summary>
internal static class SecondsText
{
    private const long Million = 1_000_000;

    /// <summary>Reads <c>12</c>, <c>-12.5</c> or <c>1.2e-05</c>, rounded to the nearest microsecond. What a long cannot hold becomes its
    /// largest or smallest value, for the caller's range check to refuse.</summary>
    /// <remarks>Not through a double: 1713484795.943239 has 16 digits, and the product with a million would lose the last one.</remarks>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out long microseconds)
    {
        microseconds = 0;
        var negative = utf8.Length > 0 && utf8[0] == '-';
        var i = negative ? 1 : 0;
        var digits = 0;
        var whole = 0L;
        for (; i < utf8.Length && (uint)(utf8[i] - '0') <= 9; i++, digits++)
        {
            whole = whole > long.MaxValue / 10 / Million / 10 ? long.MaxValue / Million / 10 : (whole * 10) + (utf8[i] - '0');
        }

        var fraction = 0L;
        if (i < utf8.Length && utf8[i] == '.')
        {
            i++;
            var weight = Million / 10;
            var first = i;
            for (; i < utf8.Length && (uint)(utf8[i] - '0') <= 9; i++, digits++)
            {
                fraction += (utf8[i] - '0') * weight;
                weight /= 10;
                if (i - first == 6 && utf8[i] >= '5')
                {
                    fraction++;
                }
            }
        }

        if (i == utf8.Length && digits > 0)
        {
            var value = (whole * Million) + fraction;
            microseconds = negative ? -value : value;
            return true;
        }

        // Zeek writes very short durations as 9.05e-06.
        if (digits == 0 || (utf8[i] | 0x20) != 'e' || !Utf8Parser.TryParse(utf8, out double seconds, out var used) || used != utf8.Length)
        {
            return false;
        }

        microseconds = double.IsFinite(seconds) && Math.Abs(seconds) < long.MaxValue / Million
            ? (long)Math.Round(seconds * Million)
            : seconds > 0 ? long.MaxValue : long.MinValue;
        return true;
    }
}
