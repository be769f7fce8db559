using System.Globalization;

namespace AnomalyApi.Cli;

/// <summary>Durations as people type them.</summary>
internal static class DurationText
{
    /// <summary>Reads <c>90s</c>, <c>30m</c>, <c>8h</c>, <c>7d</c> or <c>d.hh:mm:ss</c>; above 0.</summary>
    /// <exception cref="CommandException">It is none of these.</exception>
    public static TimeSpan Parse(string option, string text)
    {
        var seconds = text is [.., var unit] ? unit switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => 0 } : 0;
        if (seconds > 0 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * seconds is > 0 and < 1e10)
            return TimeSpan.FromSeconds(number * seconds);

        return seconds == 0 && text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) && duration > TimeSpan.Zero
            ? duration
            : throw new CommandException($"{option}: '{text}' is no duration such as 90s, 30m, 8h, 7d or 1.12:00:00.");
    }
}
