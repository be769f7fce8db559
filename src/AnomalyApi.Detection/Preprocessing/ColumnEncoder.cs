using System.Numerics.Tensors;
using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Preprocessing;

/// <summary>Turns each column into the numbers a detector sees. Immutable and thread-safe.</summary>
internal sealed class ColumnEncoder
{
    private readonly NumericColumns _numeric;
    private readonly CategoricalColumn?[] _categorical;
    private readonly bool[] _hasIndicator;

    // Each input column becomes one output column, so that prepared numbers need not be moved.
    private readonly bool _isPlain;

    private ColumnEncoder(NumericColumns numeric, CategoricalColumn?[] categorical, bool[] hasIndicator)
    {
        _numeric = numeric;
        _categorical = categorical;
        _hasIndicator = hasIndicator;
        for (var column = 0; column < InputCount; column++)
            OutputCount += WidthOf(column);

        _isPlain = Array.TrueForAll(categorical, column => column is null) && !hasIndicator.Contains(true);
    }

    public int InputCount => _numeric.Count;

    public int OutputCount { get; }

    /// <param name="rows">Values are finite, or NaN for missing.</param>
    /// <exception cref="ArgumentException">There is no category code in a categorical column.</exception>
    public static ColumnEncoder Fit(FeatureMatrix rows, IReadOnlyList<ColumnKind> kinds, PreparationOptions options, CancellationToken ct)
    {
        var numeric = new NumericColumn[rows.ColumnCount];
        var categorical = new CategoricalColumn?[rows.ColumnCount];
        var hasIndicator = new bool[rows.ColumnCount];
        var values = new float[rows.RowCount];
        for (var column = 0; column < rows.ColumnCount; column++)
        {
            ct.ThrowIfCancellationRequested();
            for (var row = 0; row < values.Length; row++)
                values[row] = rows.Row(row)[column];

            if (kinds[column] == ColumnKind.Categorical)
            {
                categorical[column] = CategoricalColumn.Fit(values, options.Categories);

                // What the numeric kernel makes of a code is written over.
                numeric[column] = new NumericColumn(false, 0, 0, 0, 0, 1);
                continue;
            }

            hasIndicator[column] = options.MissingIndicators && TensorPrimitives.IsNaNAny<float>(values);
            numeric[column] = NumericColumn.Fit(values, options);
        }

        return new ColumnEncoder(new NumericColumns(numeric), categorical, hasIndicator);
    }

    /// <summary>For each output column the input column it is made of.</summary>
    public int[] Sources()
    {
        var sources = new List<int>(OutputCount);
        for (var column = 0; column < InputCount; column++)
            sources.AddRange(Enumerable.Repeat(column, WidthOf(column)));

        return [.. sources];
    }

    /// <param name="row"><see cref="InputCount"/> values.</param>
    /// <param name="encoded">Receives <see cref="OutputCount"/> values.</param>
    public void Apply(ReadOnlySpan<float> row, Span<float> encoded)
    {
        // There are at least as many output columns as input columns: numbers are prepared at the end and moved to the front.
        var numbers = encoded[^row.Length..];
        _numeric.Apply(row, numbers);
        if (_isPlain)
            return;

        var at = 0;
        for (var column = 0; column < row.Length; column++)
        {
            if (_categorical[column] is { } category)
            {
                category.Apply(row[column], encoded.Slice(at, category.OutputCount));
                at += category.OutputCount;
                continue;
            }

            encoded[at++] = numbers[column];
            if (_hasIndicator[column])
                encoded[at++] = float.IsNaN(row[column]) ? 1 : 0;
        }
    }

    public void Write(ModelSectionWriter writer)
    {
        _numeric.Write(writer);
        writer.WriteArray<byte>(Array.ConvertAll(_hasIndicator, has => has ? (byte)1 : (byte)0));
        writer.WriteArray<byte>(Array.ConvertAll(_categorical, category => category is null ? (byte)0 : (byte)1));
        foreach (var category in _categorical)
            category?.Write(writer);
    }

    /// <exception cref="ModelFileException">Something is missing or out of range.</exception>
    public static ColumnEncoder Read(ModelSectionReader reader)
    {
        var numeric = NumericColumns.Read(reader);
        var hasIndicator = reader.ReadArray<byte>(numeric.Count, "indicator flags");
        var isCategorical = reader.ReadArray<byte>(numeric.Count, "kinds of column");
        if (numeric.Count == 0 || hasIndicator.Concat(isCategorical).Any(flag => flag > 1))
            throw new ModelFileException($"A preparation of {numeric.Count} columns has a flag that is not 0 or 1; at least 1 column is needed.");

        var categorical = new CategoricalColumn?[numeric.Count];
        for (var column = 0; column < categorical.Length; column++)
        {
            if (isCategorical[column] == 0)
                continue;

            categorical[column] = CategoricalColumn.Read(reader);
            if (hasIndicator[column] == 1)
                throw new ModelFileException($"Column {column} is a category with an indicator; a category has one for missing values already.");
        }

        return new ColumnEncoder(numeric, categorical, Array.ConvertAll(hasIndicator, flag => flag == 1));
    }

    private int WidthOf(int column) => _categorical[column]?.OutputCount ?? (_hasIndicator[column] ? 2 : 1);
}
