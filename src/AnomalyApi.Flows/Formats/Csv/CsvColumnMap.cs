using System.Globalization;

namespace AnomalyApi.Flows.Formats.Csv;

/// <summary>What the query parameter <c>map</c> says: <c>field=Column[:unit],field=Column[:unit],...</c></summary>
/// <remarks>A column is named as the header names it, or by its place as <c>#1</c>, which also reaches columns with a comma in their name. No column means that the
/// field is not to be read.</remarks>
internal static class CsvColumnMap
{
    private static readonly (string Name, CsvUnit Unit)[] Units =
    [
        ("s", CsvUnit.Seconds), ("ms", CsvUnit.Milliseconds), ("us", CsvUnit.Microseconds), ("ns", CsvUnit.Nanoseconds),
        ("dmy", CsvUnit.DayFirst), ("mdy", CsvUnit.MonthFirst),
    ];

    /// <summary>Reads a map.</summary>
    /// <exception cref="FlowFormatException">It is not well-formed.</exception>
    public static List<(CsvField Field, string Column, CsvUnit? Unit)> Parse(string map)
    {
        var entries = new List<(CsvField, string, CsvUnit?)>();
        foreach (var part in map.Split(','))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                throw new FlowFormatException($"map: '{Short(part)}' is not field=Column or field=Column:unit.");
            }

            var name = part[..equals].Trim();
            var field = Array.IndexOf(CsvFields.Names, name);
            if (field < 0)
            {
                throw new FlowFormatException($"map: '{Short(name)}' is not one of: {string.Join(", ", CsvFields.Names)}.");
            }

            if (entries.Exists(entry => entry.Item1 == (CsvField)field))
            {
                throw new FlowFormatException($"map: {name} stands twice.");
            }

            entries.Add(WithUnit((CsvField)field, part[(equals + 1)..].Trim()));
        }

        return entries;
    }

    /// <summary>Finds the column in a header.</summary>
    /// <exception cref="FlowFormatException">There is no such column, or there are two.</exception>
    public static int PlaceOf(string column, IReadOnlyList<string> header)
    {
        if (column.StartsWith('#') && int.TryParse(column.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var place))
        {
            return place >= 1 && place <= header.Count
                ? place - 1
                : throw new FlowFormatException($"map: there is no column {column}; the header has {header.Count}.");
        }

        foreach (var alike in (Func<string, bool>[])[
            name => name == column, name => name.Equals(column, StringComparison.OrdinalIgnoreCase), name => CsvFields.Plain(name) == CsvFields.Plain(column)])
        {
            var places = Enumerable.Range(0, header.Count).Where(i => alike(header[i])).ToList();
            if (places.Count == 1)
            {
                return places[0];
            }

            if (places.Count > 1)
            {
                throw new FlowFormatException($"map: the header has {places.Count} columns '{Short(column)}'; name the place instead, such as #{places[0] + 1}.");
            }
        }

        throw new FlowFormatException($"map: there is no column '{Short(column)}'. The header has: {CsvHeader.Show(header)}.");
    }

    private static (CsvField Field, string Column, CsvUnit? Unit) WithUnit(CsvField field, string column)
    {
        var colon = column.LastIndexOf(':');
        var unit = colon < 0 ? -1 : Array.FindIndex(Units, known => known.Name == column[(colon + 1)..]);
        if (unit < 0)
        {
            return (field, column, null);
        }

        var isDate = Units[unit].Unit is CsvUnit.DayFirst or CsvUnit.MonthFirst;
        return field is CsvField.Start or CsvField.End || (field == CsvField.Duration && !isDate)
            ? (field, column[..colon], Units[unit].Unit)
            : throw new FlowFormatException(
                $"map: {CsvFields.Names[(int)field]} takes no unit '{Units[unit].Name}'. start and end take s, ms, us, ns, dmy and mdy, duration takes s, ms, us and ns.");
    }

    private static string Short(string text) => Text.TextQuote.Clean(text, Text.TextQuote.Longest);
}
