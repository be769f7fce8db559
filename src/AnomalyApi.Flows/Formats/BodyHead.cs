using System.Text.Json;

namespace AnomalyApi.Flows.Formats;

/// <summary>Looks at the first bytes of a body, for <see cref="IFlowFormat.Recognizes"/>. The bytes may be anything, and end anywhere.</summary>
internal static class BodyHead
{
    /// <summary>The head without a byte order mark, and from its first character that is not blank.</summary>
    public static ReadOnlySpan<byte> TextOf(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("\uFEFF"u8))
        {
            head = head[3..];
        }

        return head.TrimStart(" \t\r\n"u8);
    }

    /// <summary>Whether the head begins with a JSON object that has all these keys, as far as it can be seen.</summary>
    public static bool HasJsonKeys(ReadOnlySpan<byte> head, ReadOnlySpan<string> keys)
    {
        var text = TextOf(head);
        if (text is not [(byte)'{', ..])
        {
            return false;
        }

        var found = 0;
        var reader = new Utf8JsonReader(text, isFinalBlock: false, new JsonReaderState(JsonRecords.Options));
        try
        {
            while (reader.Read() && !(reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == 0))
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                {
                    continue;
                }

                for (var i = 0; i < keys.Length; i++)
                {
                    found |= reader.ValueTextEquals(keys[i]) ? 1 << i : 0;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // What was seen before the damage decides. The second is a name with half of a surrogate pair.
        }

        return found == (1 << keys.Length) - 1;
    }
}
