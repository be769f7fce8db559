using System.Buffers;
using System.Text.Json;

namespace AnomalyApi.Flows.Formats;

/// <summary>Finds the fields of one JSON record in a single pass. Takes only what is beyond doubt valid: escapes, deep nesting and every fault are left
/// to the framework's reader.</summary>
internal ref struct JsonFieldScanner
{
    private const int MaxDepth = 8;

    // What ends a plain string: its quote, an escape, or a control character, which JSON forbids.
    private static readonly SearchValues<byte> EndsText = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    private readonly ReadOnlySpan<byte> _json;
    private readonly JsonFields _fields;
    private int _at;

    private JsonFieldScanner(ReadOnlySpan<byte> json, JsonFields fields)
    {
        _json = json;
        _fields = fields;
    }

    private readonly byte Current => _at < _json.Length ? _json[_at] : (byte)0;

    /// <summary>Scans valid UTF-8. False says nothing about it but that somebody else must look; the fields are then to be forgotten.</summary>
    public static bool TryScan(ReadOnlySpan<byte> json, JsonFields fields)
    {
        var scanner = new JsonFieldScanner(json, fields);
        scanner.SkipBlanks();
        if (scanner.Current != '{' || !scanner.Object(0, 0))
        {
            return false;
        }

        scanner.SkipBlanks();
        return scanner._at == json.Length;
    }

    // From the brace behind the other. parent is below 0 where nothing of the object is wanted.
    private bool Object(int parent, int depth)
    {
        if (depth >= MaxDepth)
        {
            return false;
        }

        _at++;
        SkipBlanks();
        if (Current == '}')
        {
            _at++;
            return true;
        }

        while (true)
        {
            if (Current != '"' || !Text(out var start, out var length))
            {
                return false;
            }

            SkipBlanks();
            if (Current != ':')
            {
                return false;
            }

            _at++;
            SkipBlanks();
            var name = _json.Slice(start, length);
            var field = parent >= 0 ? _fields.Names.Find(parent, name) : -1;
            var nested = field < 0 && parent == 0 && Current == '{' ? _fields.Names.FindParent(name) : -1;
            if (!Value(field, nested, depth))
            {
                return false;
            }

            SkipBlanks();
            if (Current == '}')
            {
                _at++;
                return true;
            }

            if (Current != ',')
            {
                return false;
            }

            _at++;
            SkipBlanks();
        }
    }

    private bool Array(int depth)
    {
        if (depth >= MaxDepth)
        {
            return false;
        }

        _at++;
        SkipBlanks();
        if (Current == ']')
        {
            _at++;
            return true;
        }

        while (Value(-1, -1, depth))
        {
            SkipBlanks();
            if (Current == ']')
            {
                _at++;
                return true;
            }

            if (Current != ',')
            {
                return false;
            }

            _at++;
            SkipBlanks();
        }

        return false;
    }

    private bool Value(int field, int nested, int depth)
    {
        var start = _at;
        var length = 0;
        JsonTokenType kind;
        bool valid;
        switch (Current)
        {
            case (byte)'"':
                kind = JsonTokenType.String;
                valid = Text(out start, out length);
                break;
            case (byte)'{':
                kind = JsonTokenType.StartObject;
                valid = Object(nested, depth + 1);
                break;
            case (byte)'[':
                kind = JsonTokenType.StartArray;
                valid = Array(depth + 1);
                break;
            case (byte)'t':
                kind = JsonTokenType.True;
                valid = Word("true"u8);
                break;
            case (byte)'f':
                kind = JsonTokenType.False;
                valid = Word("false"u8);
                break;
            case (byte)'n':
                kind = JsonTokenType.Null;
                valid = Word("null"u8);
                break;
            default:
                kind = JsonTokenType.Number;
                valid = Number();
                length = _at - start;
                break;
        }

        if (valid && field >= 0)
        {
            _fields.Set(field, kind, start, length);
        }

        return valid;
    }

    private bool Text(out int start, out int length)
    {
        start = _at + 1;
        length = _json[start..].IndexOfAny(EndsText);
        _at = start + length + 1;
        return length >= 0 && _json[start + length] == '"';
    }

    private bool Word(ReadOnlySpan<byte> word)
    {
        var valid = _json[_at..].StartsWith(word);
        _at += word.Length;
        return valid;
    }

    // RFC 8259, section 6.
    private bool Number()
    {
        if (Current == '-')
        {
            _at++;
        }

        if (Current == '0')
        {
            _at++;
        }
        else if (!Digits())
        {
            return false;
        }

        if (Current == '.')
        {
            _at++;
            if (!Digits())
            {
                return false;
            }
        }

        if ((Current | 0x20) != 'e')
        {
            return true;
        }

        _at++;
        if (Current is (byte)'+' or (byte)'-')
        {
            _at++;
        }

        return Digits();
    }

    private bool Digits()
    {
        var start = _at;
        while ((uint)(Current - '0') <= 9)
        {
            _at++;
        }

        return _at > start;
    }

    private void SkipBlanks()
    {
        while (Current is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            _at++;
        }
    }
}
