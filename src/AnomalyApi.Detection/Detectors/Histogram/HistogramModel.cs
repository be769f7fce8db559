using System.Numerics.Tensors;
using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Scoring;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A fitted <see cref="Histogram"/>. Immutable and thread-safe; scoring does not allocate.</summary>
/// <remarks>
/// Raw scores are 0 or more: natural logarithms of how many times less likely a row is than the most likely one, columns taken as independent.
/// An infinity is outside every range; NaN adds nothing, as if the column were not there. A row's score does not depend on the rows scored
/// beside it.
/// </remarks>
public sealed class HistogramModel : IDetectorModel
{
    private readonly int _bins;
    private readonly HistogramColumn[] _columns;

    internal HistogramModel(int bins, HistogramColumn[] columns)
    {
        _bins = bins;
        _columns = columns;
    }

    /// <inheritdoc/>
    public int FeatureCount => _columns.Length;

    /// <inheritdoc/>
    public void Score(FeatureMatrix rows, Span<float> scores)
    {
        DetectorArguments.CheckScore(FeatureCount, rows, scores);
        for (var row = 0; row < scores.Length; row++)
        {
            var values = rows.Row(row);
            var sum = 0f;
            for (var column = 0; column < _columns.Length; column++)
                sum += _columns[column].ScoreOf(values[column]);

            scores[row] = sum;
        }
    }

    /// <inheritdoc/>
    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteInt32(_bins);
        writer.WriteArray<float>(Array.ConvertAll(_columns, column => column.Low));
        writer.WriteArray<float>(Array.ConvertAll(_columns, column => column.High));
        writer.WriteArray<float>(Array.ConvertAll(_columns, column => column.BinsPerUnit));
        foreach (var column in _columns)
        {
            writer.WriteArray(column.Ends is null ? [] : column.Ends.Values);
            writer.WriteArray<float>(column.Scores);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no such model.</exception>
    public static HistogramModel Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var bins = reader.ReadInt32(2, 1000, "number of bins");
        var low = reader.ReadArray<float>();
        var high = reader.ReadArray<float>(low.Length, "largest values");
        var binsPerUnit = reader.ReadArray<float>(low.Length, "widths");
        if (low.Length == 0)
            throw new ModelFileException("There are no columns; at least 1 is needed.");

        var columns = new HistogramColumn[low.Length];
        for (var column = 0; column < columns.Length; column++)
        {
            var ends = reader.ReadArray<float>();
            var scores = reader.ReadArray<float>(bins + 1, "scores of bins");

            // Scores of float counts are at most ln of their ratio, far below this; so no sum of them can overflow.
            var isValid = float.IsFinite(low[column]) && float.IsFinite(high[column]) && binsPerUnit[column] is >= 0 and <= float.MaxValue
                && ends.Length < bins && SortedScores.AreAscending(ends) && !ends.AsSpan().ContainsAnyExceptInRange(low[column], high[column])
                && TensorPrimitives.IsFiniteAll<float>(scores) && !scores.AsSpan().ContainsAnyExceptInRange(0, 1000);
            if (!isValid)
                throw new ModelFileException($"Column {column} has bins out of range: scores are 0 to 1000, ends ascend within the fitted values.");

            columns[column] = new HistogramColumn(low[column], high[column], binsPerUnit[column], ends.Length == 0 ? null : new SortedScores(ends), scores);
        }

        return new HistogramModel(bins, columns);
    }
}
