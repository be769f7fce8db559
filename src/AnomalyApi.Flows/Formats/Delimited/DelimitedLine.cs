namespace AnomalyApi.Flows.Formats.Delimited;

/// <summary>Splits a line into fields at a separator. Used again for each line.</summary>
/// <remarks>RFC 4180, section 2, where quotes are asked for: a field in quotes may hold the separator, and a quote as two. A line end inside quotes is not
/// taken: a body is read line by line, and no flow tool writes such a field.</remarks>
internal sealed class DelimitedLine
{
    /// <summary>Fields of a line at most.</summary>
    public const int MaxFields = 1024;

    private readonly int[] _start = new int[MaxFields];
    private readonly int[] _length = new int[MaxFields];

    // Where the text of a field is not what stands in the line: it holds doubled quotes.
    private readonly bool[] _doubled = new bool[MaxFields];
    private readonly byte[] _scratch = new byte[6 * 256];
    private bool _anyDoubled;

    /// <summary>How many fields the line has.</summary>
    public int Count { get; private set; }

    /// <summary>Splits the line. Returns null, or what is wrong with it.</summary>
    public string? Split(ReadOnlySpan<byte> line, byte separator, bool quotes)
    {
        Count = 0;
        if (_anyDoubled)
        {
            Array.Clear(_doubled);
            _anyDoubled = false;
        }

        var quoted = quotes && line.Contains((byte)'"');
        var at = 0;
        while (Count < MaxFields)
        {
            if (quoted && line[at..].TrimStart((byte)' ') is [(byte)'"', .. var inside])
            {
                at = line.Length - inside.Length;
                if (!TryQuoted(line, ref at, separator))
                {
                    return "A field in quotes does not end on its line, or goes on behind its second quote.";
                }
            }
            else
            {
                var length = line[at..].IndexOf(separator);
                _start[Count] = at;
                _length[Count] = length < 0 ? line.Length - at : length;
                at = length < 0 ? line.Length + 1 : at + length + 1;
            }

            Count++;
            if (at > line.Length)
            {
                return null;
            }
        }

        return $"More than {MaxFields} fields.";
    }

    /// <summary>The text of a field without blanks around it, valid until the next call.</summary>
    public ReadOnlySpan<byte> Field(ReadOnlySpan<byte> line, int index)
    {
        var field = line.Slice(_start[index], _length[index]).Trim(" \t"u8);
        return _doubled[index] ? WithoutDoubled(field) : field;
    }

    // at is behind the first quote, and afterwards behind the separator; behind the line when there is none.
    private bool TryQuoted(ReadOnlySpan<byte> line, ref int at, byte separator)
    {
        var start = at;
        while (true)
        {
            var quote = line[at..].IndexOf((byte)'"');
            if (quote < 0)
            {
                return false;
            }

            at += quote + 1;
            if (at == line.Length || line[at] != '"')
            {
                break;
            }

            at++;
            _doubled[Count] = _anyDoubled = true;
        }

        _start[Count] = start;
        _length[Count] = at - 1 - start;
        while (at < line.Length && line[at] == ' ' && separator != ' ')
        {
            at++;
        }

        if (at < line.Length && line[at] != separator)
        {
            return false;
        }

        at++;
        return true;
    }

    private ReadOnlySpan<byte> WithoutDoubled(ReadOnlySpan<byte> field)
    {
        // Too long for any field of a flow, so it is refused in whatever form.
        if (field.Length > _scratch.Length)
        {
            return field;
        }

        var used = 0;
        for (var i = 0; i < field.Length; i++)
        {
            _scratch[used++] = field[i];
            i += field[i] == '"' ? 1 : 0;
        }

        return _scratch.AsSpan(0, used);
    }
}
