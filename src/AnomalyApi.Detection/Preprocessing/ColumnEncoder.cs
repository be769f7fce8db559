using System.Numerics.Tensors;
using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Preprocessing;

/// <summary>Turns each column into the numbers a detector sees. Immutable and thread-safe.</summary>
internal sealed class ColumnEncoder
{
    private readonly NumericColumn?[] _numeric;
    private readonly CategoricalColumn?[] _categorical;
    private readonly bool[] _hasIndicator;

    private ColumnEncoder(NumericColumn?[] numeric, CategoricalColumn?[] categorical, bool[] hasIndicator)
    {
        _numeric = numeric;
        _categorical = categorical;
        _hasIndicator = hasIndicator;
        for (var column = 0; column < numeric.Length; column++)
            OutputCount += categorical[column]?.OutputCount ?? (hasIndicator[column] ? 2 : 1);
    }

    public int InputCount => _numeric.Length;

    public int OutputCount { get; }

    /// <exception cref="ArgumentException">A value is infinite, or no category code in a categorical column.</exception>
    public static ColumnEncoder Fit(
        FeatureMatrix rows, IReadOnlyList<ColumnKind> kinds, PreparationOptions options, CancellationToken ct)
    {
        var numeric = new NumericColumn?[rows.ColumnCount];
        var categorical = new CategoricalColumn?[rows.ColumnCount];
        var hasIndicator = new bool[rows.ColumnCount];
        var values = new float[rows.RowCount];
        for (var column = 0; column < rows.ColumnCount; column++)
        {
            ct.ThrowIfCancellationRequested();
            for (var row = 0; row < values.Length; row++)
            {
                values[row] = rows.Row(row)[column];
                if (float.IsInfinity(values[row]))
                    throw new ArgumentException($"Row {row}, column {column} is {values[row]}; allowed are finite values, and NaN for missing.", nameof(rows));
            }

            if (kinds[column] == ColumnKind.Categorical)
            {
                categorical[column] = CategoricalColumn.Fit(values, options.Categories);
                continue;
            }

            hasIndicator[column] = options.MissingIndicators && TensorPrimitives.IsNaNAny<float>(values);
            numeric[column] = NumericColumn.Fit(values, options);
        }

        return new ColumnEncoder(numeric, categorical, hasIndicator);
    }

    /// <summary>For each output column the input column it is made of.</summary>
    public int[] Sources()
    {
        var sources = new List<int>(OutputCount);
        for (var column = 0; column < InputCount; column++)
            sources.AddRange(Enumerable.Repeat(column, _categorical[column]?.OutputCount ?? (_hasIndicator[column] ? 2 : 1)));

        return [.. sources];
    }

    /// <param name="row"><see cref="InputCount"/> values.</param>
    /// <param name="encoded">Receives <see cref="OutputCount"/> values.</param>
    public void Apply(ReadOnlySpan<float> row, Span<float> encoded)
    {
        var at = 0;
        for (var column = 0; column < row.Length; column++)
        {
            if (_categorical[column] is { } category)
            {
                category.Apply(row[column], encoded.Slice(at, category.OutputCount));
                at += category.OutputCount;
                continue;
            }

            encoded[at++] = _numeric[column]!.Value.Apply(row[column]);
            if (_hasIndicator[column])
                encoded[at++] = float.IsNaN(row[column]) ? 1 : 0;
        }
    }

    public void Write(ModelSectionWriter writer)
    {
        writer.WriteInt32(InputCount);
        for (var column = 0; column < InputCount; column++)
        {
            writer.WriteInt32(_categorical[column] is null ? 0 : 1);
            writer.WriteInt32(_hasIndicator[column] ? 1 : 0);
            _categorical[column]?.Write(writer);
            _numeric[column]?.Write(writer);
        }
    }

    /// <exception cref="ModelFileException">Something is missing or out of range.</exception>
    public static ColumnEncoder Read(ModelSectionReader reader)
    {
        var count = reader.ReadInt32(1, int.MaxValue, "column count");

        // Lists that grow as columns are found: room for a count made up by someone else could be gigabytes.
        var numeric = new List<NumericColumn?>();
        var categorical = new List<CategoricalColumn?>();
        var hasIndicator = new List<bool>();
        while (numeric.Count < count)
        {
            var isCategorical = reader.ReadInt32(0, 1, "column kind") == 1;
            hasIndicator.Add(reader.ReadInt32(0, 1, "indicator flag") == 1);
            categorical.Add(isCategorical ? CategoricalColumn.Read(reader) : null);
            numeric.Add(isCategorical ? null : NumericColumn.Read(reader));
        }

        return new ColumnEncoder([.. numeric], [.. categorical], [.. hasIndicator]);
    }
}
