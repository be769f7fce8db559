using System.Globalization;

namespace AnomalyApi.Traffic;

/// <summary>Times in queries.</summary>
internal static class TimeParameter
{
    private static readonly string[] Forms = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>The UTC time; null when it is absent, or when it is none and <paramref name="errors"/> got the fault.</summary>
    public static DateTime? Read(string name, string? text, Dictionary<string, string[]> errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        // A '+' in a query is a space by the rules of forms, and people forget to escape the offset.
        var styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTime.TryParseExact(text.Replace(' ', '+'), Forms, CultureInfo.InvariantCulture, styles, out var time))
        {
            return time;
        }

        errors[name] = [$"'{ErrorText.Shorten(text)}' is not an RFC 3339 time such as 2026-01-31T08:00:00Z."];
        return null;
    }
}
