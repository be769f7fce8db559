using AnomalyApi.Detection.Preprocessing;

namespace AnomalyApi.Cli.Csv;

/// <summary>What a survey counted in one column.</summary>
internal sealed class CsvColumn(string name)
{
    // A column of numbers in which this share of cells is text is taken for numbers that somebody could not measure.
    private const double ToleratedTexts = 0.01;

    private const int ExampleCount = 3;

    private readonly List<string> _examples = [];

    public string Name => name;

    public long Numbers { get; private set; }

    public long Texts { get; private set; }

    public long Dashes { get; private set; }

    public long Infinities { get; private set; }

    /// <summary>The first few different texts.</summary>
    public IReadOnlyList<string> Examples => _examples;

    /// <summary>What the column is, by its cells.</summary>
    public ColumnKind Kind =>
        Numbers + Infinities > 0 ? Texts <= ToleratedTexts * (Numbers + Infinities) ? ColumnKind.Numeric : ColumnKind.Categorical
        : Texts + Dashes > 0 ? ColumnKind.Categorical
        : ColumnKind.Numeric;

    public void Count(ReadOnlySpan<byte> cell)
    {
        switch (CsvCell.Read(cell, out _))
        {
            case CellKind.Number:
                Numbers++;
                break;
            case CellKind.Infinite:
                Infinities++;
                break;
            case CellKind.Dash:
                Dashes++;
                break;
            case CellKind.Text:
                Texts++;
                if (_examples.Count < ExampleCount && CsvCell.Text(cell) is var text && !_examples.Contains(text))
                    _examples.Add(text);

                break;
        }
    }
}
