namespace AnomalyApi;

/// <summary>What error texts share.</summary>
internal static class ErrorText
{
    private const int LongestQuote = 64;

    /// <summary>The text of a fault in the options or rows of a detector, without the name of the parameter that .NET adds.</summary>
    public static string WithoutParameter(ArgumentException fault) =>
        fault.Message.Replace($" (Parameter '{fault.ParamName}')", "", StringComparison.Ordinal);

    /// <summary>A value as it is quoted in an error: what somebody sent may be megabytes.</summary>
    public static string Shorten(string text) => text.Length <= LongestQuote ? text : text[..LongestQuote] + "...";
}
