using System.Globalization;
using System.Text;
using AnomalyApi.Flows.Formats.Text;

namespace AnomalyApi.Flows.Formats.ZeekConn;

/// <summary>Reads the lines of Zeek's TSV: header lines say which column is which, and may come again where logs were joined.</summary>
internal sealed class ZeekTsvReader
{
    private const int MaxColumns = 1024;
    private const int Ignored = -1;

    private readonly ZeekConnRow _row = new();

    // For each field of a line the column it is, or Ignored. Empty before the first #fields.
    private int[] _columns = [];

    // The same for the pieces of the last field, when it packs several columns (IoT-23).
    private int[] _packed = [];
    private byte _separator = (byte)'\t';
    private byte[] _unset = "-"u8.ToArray();
    private byte[] _empty = "(empty)"u8.ToArray();

    /// <summary>Reads one line that is not blank.</summary>
    /// <exception cref="FlowFormatException">The header is not one of a conn log, or there is none.</exception>
    public void ReadLine(ReadOnlySpan<byte> line, int number, FlowReadTarget target)
    {
        if (line[0] == '#')
        {
            ReadHeader(line, number, target);
            return;
        }

        if (_columns.Length == 0)
        {
            throw new FlowFormatException(
                $"Line {number} stands before a #fields line. A Zeek log begins with '#separator', or with '{{' when it is JSON.");
        }

        _row.Clear();
        var reason = ReadFields(line) ?? _row.Accept(target, number, isConn: true);
        if (reason is not null)
        {
            target.Reject(number, reason);
        }
    }

    private string? ReadFields(ReadOnlySpan<byte> line)
    {
        string? reason = null;
        var rest = line;
        for (var i = 0; i < _columns.Length; i++)
        {
            var end = rest.IndexOf(_separator);
            if ((end < 0) != (i == _columns.Length - 1))
            {
                return $"{line.Count(_separator) + 1} fields, where #fields names {_columns.Length}.";
            }

            var field = end < 0 ? rest : rest[..end];
            rest = rest[(end + 1)..];
            if (end < 0 && _packed.Length > 0)
            {
                reason ??= ReadPacked(field);
            }
            else if (_columns[i] != Ignored)
            {
                reason ??= SetField(_columns[i], field);
            }
        }

        return reason;
    }

    private string? ReadPacked(ReadOnlySpan<byte> field)
    {
        var i = 0;
        foreach (var range in field.Split((byte)' '))
        {
            // Three spaces separate, so empty pieces are between them.
            if (range.Start.Value == range.End.Value)
            {
                continue;
            }

            if (i < _packed.Length && _packed[i] != Ignored && SetField(_packed[i], field[range]) is { } reason)
            {
                return reason;
            }

            i++;
        }

        return null;
    }

    private string? SetField(int column, ReadOnlySpan<byte> field)
    {
        if (field.SequenceEqual(_unset) || field.SequenceEqual(_empty))
        {
            return null;
        }

        return _row.Set((ZeekColumn)column, Unescape(field));
    }

    // Zeek writes separators and unprintable bytes as \x09, and the backslash itself as \\.
    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> field)
    {
        if (field.IndexOf((byte)'\\') < 0 || field.Length > _row.Scratch.Length)
        {
            return field;
        }

        var used = 0;
        for (var i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && TryHex(field[i..], out var value))
            {
                _row.Scratch[used++] = value;
                i += 3;
            }
            else
            {
                i += field[i..].StartsWith("\\\\"u8) ? 1 : 0;
                _row.Scratch[used++] = field[i];
            }
        }

        return _row.Scratch.AsSpan(0, used);
    }

    private void ReadHeader(ReadOnlySpan<byte> line, int number, FlowReadTarget target)
    {
        // The separator itself is the one value that a space stands before.
        if (line.StartsWith("#separator "u8))
        {
            var text = line["#separator "u8.Length..];
            if (text.Length == 1)
            {
                _separator = text[0];
            }
            else if (text.Length != 4 || !TryHex(text, out _separator))
            {
                throw new FlowFormatException($"Line {number}: #separator {TextQuote.Of(text)} is not one byte such as \\x09.");
            }

            return;
        }

        var end = line.IndexOf(_separator);
        if (end < 0)
        {
            return;
        }

        var value = line[(end + 1)..];
        var directive = line[..end];
        if (directive.SequenceEqual("#fields"u8))
        {
            ReadColumns(value, number);
            target.AllowEmpty();
        }
        else if (directive.SequenceEqual("#unset_field"u8))
        {
            _unset = value.ToArray();
        }
        else if (directive.SequenceEqual("#empty_field"u8))
        {
            _empty = value.ToArray();
        }
        else if (directive.SequenceEqual("#path"u8) && !ZeekColumns.IsConnPath(value))
        {
            throw new FlowFormatException($"Line {number}: this is Zeek's {TextQuote.Of(value)} log. Only conn logs hold flows.");
        }
    }

    private void ReadColumns(ReadOnlySpan<byte> names, int number)
    {
        var columns = new List<int>();
        var packed = new List<int>();
        var rest = names;
        while (true)
        {
            var end = rest.IndexOf(_separator);
            var name = end < 0 ? rest : rest[..end];
            columns.Add(ZeekColumns.Table.Find(name));
            if (columns.Count > MaxColumns)
            {
                throw new FlowFormatException($"Line {number}: #fields names more than {MaxColumns} columns.");
            }

            if (end < 0)
            {
                ReadPackedNames(name, packed);
                break;
            }

            rest = rest[(end + 1)..];
        }

        CheckColumns([.. columns, .. packed], number);
        _columns = [.. columns];
        _packed = [.. packed];
    }

    // IoT-23 has "tunnel_parents   label   detailed-label" as one last name.
    private void ReadPackedNames(ReadOnlySpan<byte> name, List<int> packed)
    {
        if (_separator == ' ' || name.IndexOf((byte)' ') < 0)
        {
            return;
        }

        foreach (var range in name.Split((byte)' '))
        {
            if (range.Start.Value != range.End.Value)
            {
                packed.Add(ZeekColumns.Table.Find(name[range]));
            }
        }
    }

    private static void CheckColumns(List<int> columns, int number)
    {
        var missing = new StringBuilder();
        foreach (var column in (ReadOnlySpan<ZeekColumn>)[ZeekColumn.Time, ZeekColumn.OriginatorAddress, ZeekColumn.ResponderAddress, ZeekColumn.Protocol, ZeekColumn.State])
        {
            if (!columns.Contains((int)column))
            {
                missing.Append(CultureInfo.InvariantCulture, $"{(missing.Length > 0 ? ", " : "")}{ZeekColumns.NameOf(column)}");
            }
        }

        if (missing.Length > 0)
        {
            throw new FlowFormatException($"Line {number}: #fields does not name {missing}, so this is not a Zeek conn log.");
        }

        var twice = columns.Where(column => column != Ignored).GroupBy(column => column).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null)
        {
            throw new FlowFormatException($"Line {number}: #fields names {ZeekColumns.NameOf((ZeekColumn)twice.Key)} twice.");
        }
    }

    private static bool TryHex(ReadOnlySpan<byte> text, out byte value)
    {
        value = 0;
        if (text.Length < 4 || text[0] != '\\' || text[1] != 'x' || !char.IsAsciiHexDigit((char)text[2]) || !char.IsAsciiHexDigit((char)text[3]))
        {
            return false;
        }

        value = byte.Parse(text[2..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return true;
    }
}
