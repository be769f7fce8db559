using System.Text.Json;
using AnomalyApi.Flows.Formats.Text;

namespace AnomalyApi.Flows.Formats;

/// <summary>What the JSON formats share.</summary>
internal static class JsonRecords
{
    /// <summary>Nested values are ignored anyway; deeper ones are an attack on the reader.</summary>
    public const int MaxDepth = 32;

    private const int LongestReason = 200;

    /// <summary>Strict JSON, not too deep.</summary>
    public static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>The text of a string or property name without escapes. Longer than <paramref name="scratch"/> it keeps its escapes,
    /// since it is too long for any field then.</summary>
    /// <exception cref="InvalidOperationException">An escape is half of a surrogate pair.</exception>
    public static ReadOnlySpan<byte> Text(scoped ref Utf8JsonReader reader, byte[] scratch) =>
        !reader.ValueIsEscaped || reader.ValueSpan.Length > scratch.Length ? reader.ValueSpan : scratch.AsSpan(0, reader.CopyString(scratch));

    /// <summary>Says in plain words what the JSON reader found, and where in the record.</summary>
    public static string Describe(JsonException exception)
    {
        var text = exception.Message;
        var tail = text.IndexOf(" LineNumber:", StringComparison.Ordinal);
        text = TextQuote.Clean(tail < 0 ? text : text[..tail], LongestReason);
        return $"Not valid JSON at byte {(exception.BytePositionInLine ?? 0) + 1}: {text}";
    }

    /// <summary>Names a kind of value as people do.</summary>
    public static string NameOf(JsonTokenType type) => type switch
    {
        JsonTokenType.String => "text",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.StartObject => "an object",
        _ => "null",
    };
}
