namespace AnomalyApi.Storage.Writing;

/// <summary>Text as databases take it.</summary>
internal static class StoredText
{
    /// <summary>PostgreSQL has no NUL in text. Formats refuse it; whatever comes by another way must not sink the rows beside it.</summary>
    public static string Clean(string text) => text.Contains('\0', StringComparison.Ordinal) ? text.Replace('\0', '\uFFFD') : text;
}
