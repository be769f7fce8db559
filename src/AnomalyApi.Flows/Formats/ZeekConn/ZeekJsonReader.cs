using System.Text.Json;
using System.Text.Unicode;

namespace AnomalyApi.Flows.Formats.ZeekConn;

/// <summary>Reads the lines of Zeek's JSON: one object a line, keys with dots, unset columns left out or null.</summary>
internal sealed class ZeekJsonReader
{
    private readonly ZeekConnRow _row = new();

    /// <summary>Reads one line that is not blank.</summary>
    public void ReadLine(ReadOnlySpan<byte> line, int number, FlowReadTarget target)
    {
        string? reason;
        try
        {
            reason = ReadObject(line) ?? _row.Accept(target, number, isConn: false);
        }
        catch (JsonException exception)
        {
            reason = JsonRecords.Describe(exception);
        }

        if (reason is not null)
        {
            target.Reject(number, reason);
        }
    }

    private string? ReadObject(ReadOnlySpan<byte> line)
    {
        if (line[0] != '{')
        {
            return "A record is a JSON object, which begins with '{'.";
        }

        if (!Utf8.IsValid(line))
        {
            return "Not valid UTF-8.";
        }

        _row.Clear();
        string? reason = null;
        var seen = 0;
        var reader = new Utf8JsonReader(line, JsonRecords.Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // Zeek never escapes its own column names, so a name with escapes is none of them.
            var column = reader.ValueIsEscaped ? -1 : ZeekColumns.Table.Find(reader.ValueSpan);
            reader.Read();
            if (column < 0 || reason is not null)
            {
                reader.Skip();
                continue;
            }

            if ((seen & (1 << column)) != 0)
            {
                reason = $"{ZeekColumns.NameOf((ZeekColumn)column)} stands twice.";
            }

            seen |= 1 << column;
            reason ??= SetValue((ZeekColumn)column, ref reader);
        }

        reader.Read();
        return reason;
    }

    private string? SetValue(ZeekColumn column, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.StartArray or JsonTokenType.StartObject:
                var kind = JsonRecords.NameOf(reader.TokenType);
                reader.Skip();
                return $"{ZeekColumns.NameOf(column)} is {kind}; a single value is wanted.";
            case JsonTokenType.String:
                try
                {
                    var text = JsonRecords.Text(ref reader, _row.Scratch);
                    return text.IsEmpty ? null : _row.Set(column, text);
                }
                catch (InvalidOperationException)
                {
                    return $"{ZeekColumns.NameOf(column)} holds half of a surrogate pair, which is no character.";
                }

            default:
                return _row.Set(column, reader.ValueSpan);
        }
    }
}
