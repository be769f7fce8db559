using CsvHelper;

namespace AnomalyApi.Cli.Csv;

/// <summary>The first of two readings of a file: how many rows it has, what its columns are called and what is in them.</summary>
internal sealed class CsvSurvey
{
    private const int MaxColumns = 100_000;

    // Beyond it something is wrong with the file, not with a row.
    private const double ToleratedRagged = 0.01;

    private CsvSurvey(CsvFile file, IReadOnlyList<CsvColumn> columns, bool hasHeader)
    {
        File = file;
        Columns = columns;
        HasHeader = hasHeader;
    }

    public CsvFile File { get; }

    public IReadOnlyList<CsvColumn> Columns { get; }

    public bool HasHeader { get; }

    /// <summary>Rows that have a cell for each column.</summary>
    public int RowCount { get; private set; }

    /// <summary>Rows that have not, and are left out.</summary>
    public int RaggedCount { get; private set; }

    /// <summary>Line of the first of them, from 1.</summary>
    public long FirstRaggedLine { get; private set; }

    /// <summary>What the reader should know of the file: renamed columns and rows left out.</summary>
    public List<string> Notes { get; } = [];

    /// <exception cref="CommandException">The file cannot be read, is empty, or its rows are not of one width.</exception>
    public static CsvSurvey Of(CsvFile file, CancellationToken ct)
    {
        var survey = Start(file, ct);
        var isHeader = survey.HasHeader;
        var firstRaggedCells = 0;
        file.ForEach(
            record =>
            {
                if (isHeader)
                {
                    isHeader = false;
                }
                else if (record.FieldCount != survey.Columns.Count)
                {
                    if (survey.RaggedCount++ == 0)
                        (survey.FirstRaggedLine, firstRaggedCells) = (record.LineNumber, record.FieldCount);
                }
                else
                {
                    survey.Count(record);
                }

                return true;
            },
            ct);
        survey.Check(firstRaggedCells);
        return survey;
    }

    /// <summary>The column of that name, or of that number when no name fits: 0 is the first and -1 the last.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public int Find(string column)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (Columns[i].Name == column)
                return i;
        }

        int[] alike = [.. Enumerable.Range(0, Columns.Count).Where(i => Columns[i].Name.Equals(column, StringComparison.OrdinalIgnoreCase))];
        if (alike.Length == 1)
            return alike[0];

        if (int.TryParse(column, out var number) && number >= -Columns.Count && number < Columns.Count)
            return number < 0 ? Columns.Count + number : number;

        var names = string.Join(", ", Columns.Take(20).Select(known => known.Name)) + (Columns.Count > 20 ? $" and {Columns.Count - 20} more" : "");
        throw new CommandException($"'{File.Path}' has no column '{column}'. Its columns are: {names}.");
    }

    private static CsvSurvey Start(CsvFile file, CancellationToken ct)
    {
        var header = new CsvHeader();
        file.ForEach(header.Take, ct);
        if (header.First is not { } first)
            throw new CommandException($"'{file.Path}' is empty.");

        if (first.Length > MaxColumns)
            throw new CommandException($"'{file.Path}' has {first.Length} columns; at most {MaxColumns} can be read.");

        if (file.ColumnNames is { } given && given.Count != first.Length)
            throw new CommandException($"--columns names {given.Count} columns; '{file.Path}' has {first.Length}.");

        var hasHeader = file.ColumnNames is null && header.IsHeader;
        var names = file.ColumnNames ?? (hasHeader ? first : [.. first.Select((_, i) => $"c{i}")]);
        var notes = new List<string>();
        var survey = new CsvSurvey(file, [.. Unique(names, notes).Select(name => new CsvColumn(name))], hasHeader);
        survey.Notes.AddRange(notes);
        return survey;
    }

    private static List<string> Unique(IReadOnlyList<string> names, List<string> notes)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var unique = new List<string>();
        for (var i = 0; i < names.Count; i++)
        {
            var wanted = names[i].Length == 0 ? $"c{i}" : names[i];
            var name = wanted;
            for (var copy = 2; !taken.Add(name); copy++)
                name = $"{wanted}_{copy}";

            unique.Add(name);
            if (name != wanted)
                notes.Add($"two columns are called '{wanted}'; the second, number {i}, is '{name}' here");
        }

        return unique;
    }

    private void Count(CsvReader record)
    {
        RowCount++;
        for (var i = 0; i < Columns.Count; i++)
            Columns[i].Count(record.GetSpan(i));
    }

    private void Check(int firstRaggedCells)
    {
        if (RaggedCount > ToleratedRagged * (RowCount + RaggedCount))
        {
            throw new CommandException(
                $"'{File.Path}' is no table: line {FirstRaggedLine} has {firstRaggedCells} cells and {RaggedCount} of {RowCount + RaggedCount} rows are not "
                + $"{Columns.Count} cells wide.");
        }

        if (RowCount == 0)
            throw new CommandException($"'{File.Path}' has no rows.");

        if (RaggedCount > 0)
            Notes.Add($"{RaggedCount} rows are not {Columns.Count} cells wide and are left out; the first is line {FirstRaggedLine}");
    }
}
