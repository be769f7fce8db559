namespace AnomalyApi.Flows.Formats.Text;

/// <summary>Reads the date and time of RFC 3339, section 5.6, and the offset without colon that Suricata writes.</summary>
/// <remarks>By hand: the framework's readers take neither <c>+0200</c> nor text that is still UTF-8 bytes with any number of digits.</remarks>
internal static class Rfc3339
{
    /// <summary>Reads a time to UTC microseconds since 1970, digits behind the sixth cut off.</summary>
    /// <param name="microseconds">The time; when only its offset is missing, as if it were UTC.</param>
    /// <param name="missingOffset">The time is well formed but has no UTC offset, so nobody can say when it was.</param>
    /// <param name="slashes">Whether slashes may stand in the date, as Argus has it.</param>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out long microseconds, out bool missingOffset, bool slashes = false)
    {
        microseconds = 0;
        missingOffset = false;
        if (utf8.Length < 19
            || !Digits(utf8, 0, 4, out var year) || (utf8[4] != '-' && !(slashes && utf8[4] == '/'))
            || !Digits(utf8, 5, 2, out var month) || utf8[7] != utf8[4]
            || !Digits(utf8, 8, 2, out var day) || (utf8[10] is not ((byte)'T' or (byte)'t' or (byte)' '))
            || !Digits(utf8, 11, 2, out var hour) || utf8[13] != ':'
            || !Digits(utf8, 14, 2, out var minute) || utf8[16] != ':'
            || !Digits(utf8, 17, 2, out var second))
        {
            return false;
        }

        // Second 60 is a leap second; it becomes second 0 of the next minute, as POSIX time has it.
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        var rest = utf8[19..];
        var fraction = 0;
        if (rest.Length > 0 && rest[0] is (byte)'.' or (byte)',')
        {
            var i = 1;
            for (var weight = 100_000; i < rest.Length && (uint)(rest[i] - '0') <= 9; i++, weight /= 10)
            {
                fraction += (rest[i] - '0') * weight;
            }

            if (i == 1)
            {
                return false;
            }

            rest = rest[i..];
        }

        missingOffset = rest.Length == 0;
        var offsetMinutes = 0;
        if (!missingOffset && !TryOffset(rest, out offsetMinutes))
        {
            return false;
        }

        var seconds = new DateTime(year, month, day, hour, minute, 0, DateTimeKind.Utc).Ticks / TimeSpan.TicksPerSecond;
        seconds += second - (DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerSecond) - (offsetMinutes * 60L);
        microseconds = (seconds * 1_000_000) + fraction;
        return !missingOffset;
    }

    private static bool TryOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.Length == 1)
        {
            return text[0] is (byte)'Z' or (byte)'z';
        }

        var colon = text.Length == 6 && text[3] == ':';
        if ((text.Length != 5 && !colon) || (text[0] is not ((byte)'+' or (byte)'-'))
            || !Digits(text, 1, 2, out var hours) || !Digits(text, colon ? 4 : 3, 2, out var rest) || hours > 23 || rest > 59)
        {
            return false;
        }

        minutes = ((hours * 60) + rest) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> text, int start, int count, out int value)
    {
        value = 0;
        foreach (var c in text.Slice(start, count))
        {
            if ((uint)(c - '0') > 9)
            {
                return false;
            }

            value = (value * 10) + (c - '0');
        }

        return true;
    }
}
