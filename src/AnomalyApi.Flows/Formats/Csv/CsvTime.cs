using System.Globalization;
using System.Text;
using AnomalyApi.Flows.Formats.Text;

namespace AnomalyApi.Flows.Formats.Csv;

/// <summary>Times and durations of CSV files, in the unit that their column has.</summary>
internal static class CsvTime
{
    /// <summary>Reads a time. Dates without an offset are UTC.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public static string? Start(string field, ReadOnlySpan<byte> text, CsvUnit unit, out long microseconds)
    {
        if (text.Contains((byte)':'))
        {
            // The year stands first, or the unit says what does.
            if (text.Length > 4 && char.IsAsciiDigit((char)text[2]) && char.IsAsciiDigit((char)text[3]))
            {
                return FlowValues.StartWithoutOffset(field, text, out microseconds);
            }

            var isDate = TryDate(text, unit == CsvUnit.MonthFirst, out microseconds);
            if (isDate && unit is CsvUnit.DayFirst or CsvUnit.MonthFirst)
            {
                return InRange(field, text, microseconds);
            }

            return unit is CsvUnit.DayFirst or CsvUnit.MonthFirst || !(isDate || TryDate(text, true, out _))
                ? $"{field}: {TextQuote.Of(text)} is not a time such as 2024-04-19T08:30:00Z, or {(unit == CsvUnit.MonthFirst ? "04/19" : "19/04")}/2024 08:30:00."
                : $"{field}: of {TextQuote.Of(text)} nobody can say which is the day. Say it with ?map=start=Column:dmy or ?map=start=Column:mdy.";
        }

        if (unit is CsvUnit.Natural or CsvUnit.DayFirst or CsvUnit.MonthFirst or CsvUnit.Seconds)
        {
            return FlowValues.StartSeconds(field, text, out microseconds);
        }

        return TryScaled(text, unit, out microseconds)
            ? InRange(field, text, microseconds)
            : $"{field}: {TextQuote.Of(text)} is not a number of {NameOf(unit)}.";
    }

    /// <summary>Reads a duration.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public static string? Duration(string field, ReadOnlySpan<byte> text, CsvUnit unit, out long microseconds)
    {
        if (unit is CsvUnit.Natural or CsvUnit.Seconds)
        {
            return FlowValues.Duration(field, text, out microseconds);
        }

        return !TryScaled(text, unit, out microseconds) ? $"{field}: {TextQuote.Of(text)} is not a number of {NameOf(unit)}."
            : microseconds < 0 ? $"{field}: {TextQuote.Of(text)} is negative: the flow would end before it starts."
            : microseconds > FlowValues.LongestDuration ? $"{field}: {TextQuote.Of(text)} {NameOf(unit)} are more than ten years."
            : null;
    }

    private static string NameOf(CsvUnit unit) => unit switch
    {
        CsvUnit.Milliseconds => "milliseconds",
        CsvUnit.Microseconds => "microseconds",
        _ => "nanoseconds",
    };

    // Nanoseconds since 1970 have 19 digits: more than a double keeps.
    private static bool TryScaled(ReadOnlySpan<byte> text, CsvUnit unit, out long microseconds)
    {
        microseconds = 0;
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        // Far behind every limit of flows, and far from those of the types.
        const decimal Most = 1e24m, Limit = 1e18m;
        value = Math.Clamp(value, -Most, Most) * (unit == CsvUnit.Milliseconds ? 1000m : unit == CsvUnit.Microseconds ? 1m : 0.001m);
        microseconds = (long)Math.Clamp(Math.Round(value), -Limit, Limit);
        return true;
    }

    // 13/07/2017 02:12:11 PM, 5/7/2017 8:42, 14.02.2018 08:31:01.5
    private static bool TryDate(ReadOnlySpan<byte> text, bool monthFirst, out long microseconds)
    {
        microseconds = 0;
        if (!Number(ref text, 2, out var first) || !Mark(ref text, out var mark) || mark is not ((byte)'/' or (byte)'.' or (byte)'-')
            || !Number(ref text, 2, out var second) || !Mark(ref text, out var again) || again != mark
            || !Number(ref text, 4, out var year) || year < 1900 || !Mark(ref text, out var blank) || blank is not ((byte)' ' or (byte)'T')
            || !Number(ref text, 2, out var hour) || !Mark(ref text, out var colon) || colon != ':' || !Number(ref text, 2, out var minute))
        {
            return false;
        }

        var seconds = 0L;
        if (text is [(byte)':', ..])
        {
            var end = text.IndexOf((byte)' ');
            if (!SecondsText.TryParse(end < 0 ? text[1..] : text[1..end], out seconds) || seconds is < 0 or >= 61_000_000)
            {
                return false;
            }

            text = end < 0 ? default : text[end..];
        }

        text = text.Trim((byte)' ');
        if (!text.IsEmpty)
        {
            var isAfternoon = Ascii.EqualsIgnoreCase(text, "PM"u8);
            if ((!isAfternoon && !Ascii.EqualsIgnoreCase(text, "AM"u8)) || hour is < 1 or > 12)
            {
                return false;
            }

            hour = (hour % 12) + (isAfternoon ? 12 : 0);
        }

        var (day, month) = monthFirst ? (second, first) : (first, second);
        if (month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59)
        {
            return false;
        }

        microseconds = FlowTime.ToMicroseconds(new DateTime(year, month, day, hour, minute, 0, DateTimeKind.Utc)) + seconds;
        return true;
    }

    private static bool Number(ref ReadOnlySpan<byte> text, int most, out int value)
    {
        value = 0;
        var digits = 0;
        while (digits < text.Length && digits < most && char.IsAsciiDigit((char)text[digits]))
        {
            value = (value * 10) + text[digits++] - '0';
        }

        text = text[digits..];
        return digits > 0;
    }

    private static bool Mark(ref ReadOnlySpan<byte> text, out byte mark)
    {
        mark = text.IsEmpty ? (byte)0 : text[0];
        text = text.IsEmpty ? text : text[1..];
        return mark != 0;
    }

    private static string? InRange(string field, ReadOnlySpan<byte> text, long microseconds) =>
        microseconds is >= FlowTime.Earliest and < FlowTime.Latest ? null : $"{field}: {TextQuote.Of(text)} is not between the years 1970 and 2200.";
}
