namespace AnomalyApi;

/// <summary>What error texts share.</summary>
internal static class ErrorText
{
    private const int LongestQuote = 64;

    /// <summary>A value as it is quoted in an error: what somebody sent may be megabytes.</summary>
    public static string Shorten(string text) => text.Length <= LongestQuote ? text : text[..LongestQuote] + "...";
}
