using System.Text;

namespace AnomalyApi.Flows.Formats.Text;

/// <summary>Shows a piece of hostile input in an error text: short, on one line, without control characters.</summary>
internal static class TextQuote
{
    /// <summary>Characters shown at most.</summary>
    public const int Longest = 64;

    /// <summary>The start of the value in quotes.</summary>
    public static string Of(ReadOnlySpan<byte> utf8)
    {
        var cut = utf8.Length > Longest * 4 ? utf8[..(Longest * 4)] : utf8;
        return $"'{Clean(Encoding.UTF8.GetString(cut), Longest)}'";
    }

    /// <summary>The start of the text, control characters replaced.</summary>
    public static string Clean(string text, int longest)
    {
        var shown = text.Length <= longest ? text : text[..longest] + "…";
        return string.Create(shown.Length, shown, (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = char.IsControl(source[i]) || char.IsSurrogate(source[i]) ? '\uFFFD' : source[i];
            }
        });
    }
}
