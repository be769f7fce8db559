using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Scoring;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A fitted <see cref="Ecod"/>. Immutable and thread-safe; scoring does not allocate.</summary>
/// <remarks>
/// Raw scores are 0 or more and at most ln(n + 1) times the number of columns, for n fitted rows. An infinity lies beyond every row; NaN adds
/// nothing, as if the column were not there. A row's score does not depend on the rows scored beside it.
/// </remarks>
public sealed class EcodModel : IDetectorModel
{
    // -ln of the smallest share an int of rows can have is 22.
    private const float LargestTailScore = 32;

    private readonly EcodColumn[] _columns;

    internal EcodModel(EcodColumn[] columns) => _columns = columns;

    /// <inheritdoc/>
    public int FeatureCount => _columns.Length;

    /// <inheritdoc/>
    public void Score(FeatureMatrix rows, Span<float> scores)
    {
        DetectorArguments.CheckScore(FeatureCount, rows, scores);
        for (var row = 0; row < scores.Length; row++)
        {
            var values = rows.Row(row);
            float left = 0, right = 0, skewed = 0;
            for (var column = 0; column < _columns.Length; column++)
                _columns[column].Add(values[column], ref left, ref right, ref skewed);

            scores[row] = Math.Max(Math.Max(left, right), skewed);
        }
    }

    /// <inheritdoc/>
    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteInt32(_columns.Length);
        foreach (var column in _columns)
        {
            writer.WriteInt32(column.IsSkewedLeft ? 1 : 0);
            writer.WriteArray(column.Knots);
            writer.WriteArray<float>(column.Left);
            writer.WriteArray<float>(column.Right);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no such model.</exception>
    public static EcodModel Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var count = reader.ReadInt32(1, int.MaxValue, "column count");

        // A list, because the count is only believed as far as there are bytes.
        var columns = new List<EcodColumn>();
        for (var column = 0; column < count; column++)
        {
            var isSkewedLeft = reader.ReadInt32(0, 1, "skewness flag") == 1;
            var knots = reader.ReadArray<float>();
            var left = reader.ReadArray<float>(knots.Length + 1, "left tails");
            var right = reader.ReadArray<float>(knots.Length + 1, "right tails");
            if (knots.Length == 0 || !SortedScores.AreAscending(knots))
                throw new ModelFileException($"Column {column} has {knots.Length} values; they must be at least 1, finite and ascending.");

            if (left.AsSpan().ContainsAnyExceptInRange(0, LargestTailScore) || right.AsSpan().ContainsAnyExceptInRange(0, LargestTailScore))
                throw new ModelFileException($"Column {column} has a tail score that is not in 0 to {LargestTailScore}.");

            columns.Add(new EcodColumn(knots, left, right, isSkewedLeft));
        }

        return new EcodModel([.. columns]);
    }
}
