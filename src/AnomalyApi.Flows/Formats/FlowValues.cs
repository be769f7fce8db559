using System.Buffers.Text;
using System.Text.Unicode;
using AnomalyApi.Flows.Formats.Text;

namespace AnomalyApi.Flows.Formats;

/// <summary>Reads single values of any format and checks their limits, so that all formats refuse the same things in the same words.</summary>
/// <remarks>Each method returns null when the value was read, else what was wrong and what is allowed.</remarks>
internal static class FlowValues
{
    /// <summary>Largest count: the largest whole number that JSON readers everywhere keep exactly.</summary>
    public const long LargestCount = 1L << 53;

    /// <summary>Longest text, in bytes of UTF-8.</summary>
    public const int LongestText = 255;

    /// <summary>Longest duration: ten years.</summary>
    public const long LongestDuration = 3652L * 86_400 * 1_000_000;

    /// <summary>Largest sampling interval: what the 32 bits of sFlow could say and no exporter uses is refused.</summary>
    public const int LargestSamplingInterval = 1 << 24;

    public static string? StartSeconds(string field, ReadOnlySpan<byte> text, out long microseconds)
    {
        if (!SecondsText.TryParse(text, out microseconds))
        {
            return NotATime(field, text);
        }

        return InRange(field, text, microseconds);
    }

    public static string? StartText(string field, ReadOnlySpan<byte> text, out long microseconds)
    {
        if (Rfc3339.TryParse(text, out microseconds, out var missingOffset))
        {
            return InRange(field, text, microseconds);
        }

        return missingOffset
            ? $"{field}: {TextQuote.Of(text)} has no UTC offset. End it with 'Z' or an offset such as '+02:00'."
            : NotATime(field, text);
    }

    /// <summary>Reads the time of a source whose times have no offset because they are UTC; one with an offset is taken as it says.</summary>
    public static string? StartWithoutOffset(string field, ReadOnlySpan<byte> text, out long microseconds) =>
        Rfc3339.TryParse(text, out microseconds, out var missingOffset, slashes: true) || missingOffset
            ? InRange(field, text, microseconds)
            : $"{field}: {TextQuote.Of(text)} is not a time such as 2024/04/19 08:30:00.000000 or 2024-04-19T08:30:00Z.";

    public static string? Duration(string field, ReadOnlySpan<byte> text, out long microseconds)
    {
        if (!SecondsText.TryParse(text, out microseconds))
        {
            return $"{field}: {TextQuote.Of(text)} is not a number of seconds.";
        }

        return microseconds switch
        {
            < 0 => $"{field}: {TextQuote.Of(text)} is negative: the flow would end before it starts.",
            > LongestDuration => $"{field}: {TextQuote.Of(text)} seconds are more than ten years.",
            _ => null,
        };
    }

    public static string? Address(string field, ReadOnlySpan<byte> text, out IpAddressValue address)
    {
        if (IpAddressValue.TryParse(text, out address))
        {
            return null;
        }

        return text.Contains((byte)'%')
            ? $"{field}: {TextQuote.Of(text)} has a zone index, which means something on one machine only. Leave out the '%' and what follows."
            : $"{field}: {TextQuote.Of(text)} is not an IPv4 or IPv6 address.";
    }

    public static string? Port(string field, ReadOnlySpan<byte> text, out int port)
    {
        var whole = TryWhole(text, ushort.MaxValue, out var value);
        port = (int)value;
        return whole ? null : $"{field}: {TextQuote.Of(text)} is not a whole number from 0 to 65535.";
    }

    public static string? Count(string field, ReadOnlySpan<byte> text, out long count) =>
        TryWhole(text, LargestCount, out count) ? null : $"{field}: {TextQuote.Of(text)} is not a whole number from 0 to 9007199254740992.";

    public static string? SamplingInterval(string field, ReadOnlySpan<byte> text, out int interval)
    {
        var whole = TryWhole(text, LargestSamplingInterval, out var value) && value > 0;
        interval = whole ? (int)value : 1;
        return whole ? null : $"{field}: {TextQuote.Of(text)} is not a whole number from 1 to {LargestSamplingInterval}.";
    }

    public static string? Protocol(string field, ReadOnlySpan<byte> text, out byte protocol) =>
        IpProtocols.TryParse(text, out protocol) ? null : $"{field}: {TextQuote.Of(text)} is not {IpProtocols.Allowed}.";

    public static string? Flags(string field, ReadOnlySpan<byte> text, out short flags)
    {
        flags = 0;
        if (text.Length > 0 && (uint)(text[0] - '0') <= 9 && TryWhole(text, byte.MaxValue, out var number))
        {
            flags = (short)number;
            return null;
        }

        if (TcpFlagLetters.TryParse(text, out var letters))
        {
            flags = letters;
            return null;
        }

        return $"{field}: {TextQuote.Of(text)} is not a whole number from 0 to 255 or letters of {TcpFlagLetters.Letters}.";
    }

    public static string? State(string field, ReadOnlySpan<byte> text, out ConnectionState state) =>
        ConnectionStates.TryParse(text, out state) ? null : $"{field}: {TextQuote.Of(text)} is not one of: {ConnectionStates.Allowed}.";

    public static string? Direction(string field, ReadOnlySpan<byte> text, out FlowDirection direction) =>
        FlowDirections.TryParse(text, out direction) ? null : $"{field}: {TextQuote.Of(text)} is not one of: {FlowDirections.Allowed}.";

    /// <summary>Reads a text; an empty one is a missing one.</summary>
    /// <param name="again">The text probably comes again with other flows.</param>
    public static string? Text(string field, ReadOnlySpan<byte> text, bool again, out string? value)
    {
        value = null;
        if (text.IsEmpty)
        {
            return null;
        }

        if (text.Length > LongestText)
        {
            return $"{field}: {TextQuote.Of(text)} is longer than {LongestText} bytes.";
        }

        if (HasControlCharacters(text))
        {
            return $"{field}: {TextQuote.Of(text)} holds control characters.";
        }

        if (!Utf8.IsValid(text))
        {
            return $"{field}: {TextQuote.Of(text)} is not valid UTF-8.";
        }

        value = again ? Utf8StringPool.Get(text) : System.Text.Encoding.UTF8.GetString(text);
        return null;
    }

    private static bool HasControlCharacters(ReadOnlySpan<byte> text)
    {
        if (text.IndexOfAnyInRange((byte)0, (byte)0x1F) >= 0 || text.Contains((byte)0x7F))
        {
            return true;
        }

        // U+0080 to U+009F, which terminals obey as well.
        for (var at = text.IndexOf((byte)0xC2); at >= 0 && at + 1 < text.Length;)
        {
            if (text[at + 1] is >= 0x80 and <= 0x9F)
            {
                return true;
            }

            var next = text[(at + 1)..].IndexOf((byte)0xC2);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return false;
    }

    // A few sensors write whole numbers as 80.0 or 1e3.
    private static bool TryWhole(ReadOnlySpan<byte> text, long largest, out long value)
    {
        value = 0;
        foreach (var c in text)
        {
            var digit = (uint)(c - '0');
            if (digit > 9)
            {
                return TryWholeDouble(text, largest, out value);
            }

            value = (value * 10) + digit;
            if (value > largest)
            {
                value = 0;
                return false;
            }
        }

        return text.Length > 0;
    }

    private static bool TryWholeDouble(ReadOnlySpan<byte> text, long largest, out long value)
    {
        value = 0;
        if (!Utf8Parser.TryParse(text, out double number, out var used) || used != text.Length
            || !(number >= 0 && number <= largest) || number != Math.Floor(number))
        {
            return false;
        }

        value = (long)number;
        return true;
    }

    private static string? InRange(string field, ReadOnlySpan<byte> text, long microseconds) =>
        microseconds is >= FlowTime.Earliest and < FlowTime.Latest
            ? null
            : $"{field}: {TextQuote.Of(text)} is not between the years 1970 and 2200. Numbers are seconds since 1970.";

    private static string NotATime(string field, ReadOnlySpan<byte> text) =>
        $"{field}: {TextQuote.Of(text)} is not a time: neither RFC 3339 (2024-04-19T08:30:00Z) nor seconds since 1970.";
}
