using System.Text.Json;
using System.Text.Unicode;

namespace AnomalyApi.Flows.Formats;

/// <summary>Where the fields of one JSON record stand, once it is known to be valid JSON. Used again for each record.</summary>
/// <remarks>Records without escapes, which are nearly all, go through <see cref="JsonFieldScanner"/>; the others, and those that are not JSON, through the
/// framework's reader, which is slower by a half and knows what to say. Both leave the same here.</remarks>
internal sealed class JsonFields(JsonFieldNames names)
{
    private readonly int[] _start = new int[names.Count];
    private readonly int[] _length = new int[names.Count];
    private readonly JsonTokenType[] _kind = new JsonTokenType[names.Count];
    private ulong _seen;
    private ulong _escaped;

    /// <summary>Which fields there are.</summary>
    public JsonFieldNames Names => names;

    /// <summary>The first field that stood twice; -1 when none did.</summary>
    /// <remarks>Of two readers one would take the first and one the last, and an attacker could show each of them another record.</remarks>
    public int Twice { get; private set; }

    /// <summary>Finds the fields of a record.</summary>
    /// <returns>Null, or why it is not one.</returns>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    public string? Read(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return "Not valid UTF-8.";
        }

        Clear();
        if (JsonFieldScanner.TryScan(json, this))
        {
            return null;
        }

        Clear();
        return ReadSlowly(json);
    }

    /// <summary>The same as <see cref="Read"/>, always by the framework's reader.</summary>
    public string? ReadSlowly(ReadOnlySpan<byte> json)
    {
        Clear();
        var reader = new Utf8JsonReader(json, JsonRecords.Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            var kind = JsonRecords.NameOf(reader.TokenType);
            reader.Skip();
            reader.Read();
            return $"A record is a JSON object, and this is {kind}.";
        }

        ReadObject(ref reader, 0);

        // To the end, so that text behind the object is found.
        reader.Read();
        return null;
    }

    /// <summary>What a field holds: a string, a number, true, false, the start of an object or array; none when it is absent or null.</summary>
    public JsonTokenType KindOf(int field) => _kind[field];

    /// <summary>The text of a string without escapes, or a number as it stands.</summary>
    /// <exception cref="InvalidOperationException">An escape is half of a surrogate pair.</exception>
    public ReadOnlySpan<byte> Value(int field, ReadOnlySpan<byte> json, byte[] scratch)
    {
        var value = json.Slice(_start[field], _length[field]);
        if ((_escaped & (1UL << field)) == 0)
        {
            return value;
        }

        var reader = new Utf8JsonReader(json.Slice(_start[field] - 1, _length[field] + 2));
        reader.Read();
        return JsonRecords.Text(ref reader, scratch);
    }

    /// <summary>Notes where a field stands.</summary>
    internal void Set(int field, JsonTokenType kind, int start, int length, bool escaped = false)
    {
        if ((_seen & (1UL << field)) != 0)
        {
            Twice = Twice < 0 ? field : Twice;
            return;
        }

        _seen |= 1UL << field;
        _kind[field] = kind == JsonTokenType.Null ? JsonTokenType.None : kind;
        _start[field] = start;
        _length[field] = length;
        if (escaped)
        {
            _escaped |= 1UL << field;
        }
    }

    private void Clear()
    {
        Twice = -1;
        _seen = _escaped = 0;
        Array.Clear(_kind);
    }

    private void ReadObject(ref Utf8JsonReader reader, int parent)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // No sensor escapes the letters of its own field names, so a name with escapes is none of them.
            var name = reader.ValueIsEscaped ? default : reader.ValueSpan;
            var field = names.Find(parent, name);
            var nested = field < 0 && parent == 0 ? names.FindParent(name) : -1;
            reader.Read();
            if (field >= 0)
            {
                var text = reader.TokenType == JsonTokenType.String ? 1 : 0;
                Set(field, reader.TokenType, (int)reader.TokenStartIndex + text, reader.ValueSpan.Length, text == 1 && reader.ValueIsEscaped);
            }

            if (nested >= 0 && reader.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref reader, nested);
            }
            else
            {
                reader.Skip();
            }
        }
    }
}
