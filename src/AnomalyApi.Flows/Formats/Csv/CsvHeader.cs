using System.Text;
using AnomalyApi.Flows.Formats.Delimited;
using AnomalyApi.Flows.Formats.Text;

namespace AnomalyApi.Flows.Formats.Csv;

/// <summary>The first line of a CSV file: where each field stands in a line, and how it is written.</summary>
internal sealed class CsvHeader
{
    private static readonly CsvField[] Required = [CsvField.Start, CsvField.Source, CsvField.Destination, CsvField.Protocol];

    private readonly int[] _places = new int[CsvFields.Names.Length];
    private readonly CsvUnit[] _units = new CsvUnit[CsvFields.Names.Length];
    private readonly string[] _names;
    private readonly string[] _shown;

    private CsvHeader(string[] names, byte separator)
    {
        _names = names;
        _shown = Array.ConvertAll(names, name => TextQuote.Clean(name, TextQuote.Longest));
        Separator = separator;
        _places.AsSpan().Fill(-1);
    }

    /// <summary>Comma, semicolon or tab: the one that the header has most of.</summary>
    public byte Separator { get; }

    /// <summary>Fields of every line.</summary>
    public int Count => _names.Length;

    /// <summary>Where a field stands in the line; -1 when it does not.</summary>
    public int PlaceOf(CsvField field) => _places[(int)field];

    /// <summary>How a time or duration is written.</summary>
    public CsvUnit UnitOf(CsvField field) => _units[(int)field];

    /// <summary>The column of a field as the header names it, for reasons.</summary>
    public string NameOf(CsvField field) => _places[(int)field] < 0 ? CsvFields.Names[(int)field] : _shown[_places[(int)field]];

    /// <summary>nfdump writes 0 where the exporter did not count the other direction.</summary>
    public bool IsNfdump { get; private set; }

    /// <summary>Whether the first line of a body names all that a flow needs.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> head)
    {
        var text = BodyHead.TextOf(head);
        var end = text.IndexOfAny((byte)'\n', (byte)'\r');
        return TrySplit(end < 0 ? text : text[..end], out var names, out var separator) && new CsvHeader(names, separator).Resolve() is [];
    }

    /// <summary>Reads the header.</summary>
    /// <param name="line">The first line.</param>
    /// <param name="map">What the sender says of the columns; null when nothing.</param>
    /// <exception cref="FlowFormatException">It names too little for a flow, or the map does not fit.</exception>
    public static CsvHeader Read(ReadOnlySpan<byte> line, string? map)
    {
        if (!TrySplit(line, out var names, out var separator))
        {
            throw new FlowFormatException($"The first line is no header: {TextQuote.Of(line)}.");
        }

        var header = new CsvHeader(names, separator);
        var missing = header.Resolve();
        foreach (var (field, column, unit) in map is null ? [] : CsvColumnMap.Parse(map))
        {
            header.Set(field, column.Length == 0 ? -1 : CsvColumnMap.PlaceOf(column, names), unit);
            missing.Remove(CsvFields.Names[(int)field]);
            if (column.Length == 0 && Required.Contains(field))
            {
                missing.Add(CsvFields.Names[(int)field]);
            }
        }

        return missing.Count == 0
            ? header
            : throw new FlowFormatException(
                $"The first line must name the columns, and none of it is {string.Join(", ", missing)}. It has: {Show(names)}. "
                + "Say which column is which with ?map=start=Column,src_ip=Column,...");
    }

    /// <summary>The names of a header, shortened for a reason.</summary>
    public static string Show(IReadOnlyList<string> names) =>
        TextQuote.Clean(string.Join(", ", names.Take(40).Select(name => name.Length > 32 ? name[..32] + "…" : name)), 400);

    // Which fields that a flow needs are not there.
    private List<string> Resolve()
    {
        Span<int> ranks = stackalloc int[_places.Length];
        ranks.Fill(int.MaxValue);
        for (var i = 0; i < _names.Length; i++)
        {
            if (CsvFields.Find(_names[i], out var unit, out var rank) is { } field && rank < ranks[(int)field])
            {
                ranks[(int)field] = rank;
                _places[(int)field] = i;
                _units[(int)field] = unit;
            }
        }

        var plain = _names.Select(CsvFields.Plain).ToHashSet();
        IsNfdump = plain.Contains("ipkt") && plain.Contains("opkt");

        // CICFlowMeter is made in Canada by people who write the day first, in this column only.
        if (plain.Contains("flowduration") && PlaceOf(CsvField.Start) is >= 0 and var place && CsvFields.Plain(_names[place]) == "timestamp")
        {
            _units[(int)CsvField.Start] = CsvUnit.DayFirst;
        }

        return [.. Required.Where(field => _places[(int)field] < 0).Select(field => CsvFields.Names[(int)field])];
    }

    private void Set(CsvField field, int place, CsvUnit? unit)
    {
        // The unit that a name says holds also when the column is named again.
        var known = place >= 0 && CsvFields.Find(_names[place], out var ofName, out _) == field ? ofName : CsvUnit.Natural;
        _units[(int)field] = unit ?? (_places[(int)field] == place ? _units[(int)field] : known);
        _places[(int)field] = place;
    }

    private static bool TrySplit(ReadOnlySpan<byte> line, out string[] names, out byte separator)
    {
        names = [];
        separator = (byte)',';
        foreach (var other in ";\t"u8)
        {
            separator = line.Count(other) > line.Count(separator) ? other : separator;
        }

        var fields = new DelimitedLine();
        if (line.IsEmpty || fields.Split(line, separator, quotes: true) is not null)
        {
            return false;
        }

        names = new string[fields.Count];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = Encoding.UTF8.GetString(fields.Field(line, i));
        }

        return true;
    }
}
