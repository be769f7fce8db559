using AnomalyApi.Cli.Csv;
using AnomalyApi.Detection;
using AnomalyApi.Detection.Preprocessing;

namespace AnomalyApi.Cli.Evaluate.Data;

/// <summary>The rows to evaluate on, those of the test file behind those of the data file.</summary>
internal sealed class LabelledTable
{
    // 2 GB of floats.
    private const long MaxCells = 500_000_000;

    private readonly List<string> _notes = [];

    private LabelledTable(TableRoles roles, int rowCount)
    {
        Roles = roles;
        if ((long)rowCount * roles.Features.Count > MaxCells)
        {
            throw new CommandException(
                $"{rowCount} rows of {roles.Features.Count} columns are more than {MaxCells} cells; take fewer with --max-rows or --drop.");
        }

        Rows = new FeatureMatrix(new float[(long)rowCount * roles.Features.Count], rowCount, roles.Features.Count);
        Labels = new RowLabel[rowCount];
        LabelCodes = new int[rowCount];
        IsOddHash = new bool[rowCount];
        Times = roles.Time is null ? [] : new double[rowCount];
        Groups = roles.Group is null ? [] : new int[rowCount];
    }

    public TableRoles Roles { get; }

    /// <summary>Shape [n, features]: numbers, and codes of categories; NaN for missing.</summary>
    public FeatureMatrix Rows { get; }

    public RowLabel[] Labels { get; }

    /// <summary>For each row, its place in <see cref="LabelTexts"/>.</summary>
    public int[] LabelCodes { get; }

    /// <summary>The different labels as written.</summary>
    public IReadOnlyList<string> LabelTexts => LabelValues.Texts;

    /// <summary>For each row, whether the content of its features puts it among the test rows.</summary>
    public bool[] IsOddHash { get; }

    /// <summary>For each row its time in seconds; empty without a time column.</summary>
    public double[] Times { get; }

    /// <summary>For each row a number for its group; empty without a group column.</summary>
    public int[] Groups { get; }

    /// <summary>Rows of the data file; those from here on are of the test file.</summary>
    public int DataCount { get; private init; }

    /// <summary>What the user should know of the data, each in a few words.</summary>
    public IReadOnlyList<string> Notes => _notes;

    public IReadOnlyList<ColumnKind> Kinds => [.. Roles.Features.Select(feature => feature.Kind)];

    internal TextCodes LabelValues { get; } = new();

    internal TextCodes GroupValues { get; } = new();

    /// <summary>Reads the rows of a surveyed file, and of the test file if there is one.</summary>
    /// <param name="maxRows">Rows taken of each file at most, drawn at random by <paramref name="seed"/>.</param>
    /// <exception cref="CommandException">A file cannot be read, a column is not there, or the labels do not tell normal from
    /// anomalous.</exception>
    public static LabelledTable Load(
        CsvSurvey data, CsvSurvey? test, TableRoles roles, NormalValues normal, bool withHash, int maxRows, int seed, CancellationToken ct)
    {
        var dataRows = RowSample.Draw(data.RowCount, maxRows, seed);
        var testRows = test is null ? null : RowSample.Draw(test.RowCount, maxRows, seed);
        var table = new LabelledTable(roles, dataRows.Count + (testRows?.Count ?? 0)) { DataCount = dataRows.Count };
        table.Read(data, dataRows, 0, normal, withHash, ct);
        if (test is not null)
            table.Read(test, testRows!, dataRows.Count, normal, withHash, ct);

        table.CheckLabels(normal);
        return table;
    }

    private void Read(CsvSurvey survey, RowSample rows, int firstRow, NormalValues normal, bool withHash, CancellationToken ct)
    {
        var reader = new TableReader(this, survey, normal, withHash);
        var isHeader = survey.HasHeader;
        int record = 0, row = firstRow;
        survey.File.ForEach(
            cells =>
            {
                if (isHeader)
                    isHeader = false;
                else if (cells.FieldCount == survey.Columns.Count && rows.Takes(record++))
                    reader.Read(cells, row++);

                return row < firstRow + rows.Count;
            },
            ct);

        // Between the two readings the file may have been cut.
        if (row < firstRow + rows.Count)
            throw new CommandException($"'{survey.File.Path}' has changed while it was read.");

        if (rows.Count < survey.RowCount)
            _notes.Add($"'{Path.GetFileName(survey.File.Path)}': {rows.Count} of {survey.RowCount} rows, drawn at random");

        _notes.AddRange(survey.Notes.Concat(reader.Notes()).Select(note => $"'{Path.GetFileName(survey.File.Path)}': {note}"));
    }

    private void CheckLabels(NormalValues normal)
    {
        int normals = Labels.Count(label => label == RowLabel.Normal), anomalies = Labels.Count(label => label == RowLabel.Anomaly);
        var texts = string.Join(", ", LabelTexts.Take(10).Select(text => $"'{text}'")) + (LabelTexts.Count > 10 ? $" and {LabelTexts.Count - 10} more" : "");
        if (normals == 0)
            throw new CommandException($"No row is normal: column '{Roles.Label}' holds {texts}, and normal is: {normal}. Name the normal value with --normal.");

        if (anomalies == 0)
            throw new CommandException($"No row is an anomaly: column '{Roles.Label}' holds {texts}, and normal is: {normal}.");

        if (Labels.Length - normals - anomalies is > 0 and var unknown)
            _notes.Add($"{unknown} rows have an empty label; nothing is measured on them");
    }
}
