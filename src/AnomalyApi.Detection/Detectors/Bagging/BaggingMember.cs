using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Detectors;

/// <summary>One model of a <see cref="BaggingModel"/>, the columns it sees, and what its scores are on training rows. Immutable.</summary>
internal sealed class BaggingMember
{
    private readonly int[] _columns;
    private readonly IDetectorModel _model;
    private readonly float[] _typical;
    private readonly double _mean;
    private readonly double _deviation;

    /// <param name="columns">Columns of the whole row that the model sees, ascending.</param>
    /// <param name="typical">The model's scores of training rows, ascending; at least one, all finite.</param>
    public BaggingMember(int[] columns, IDetectorModel model, float[] typical)
    {
        _columns = columns;
        _model = model;
        _typical = typical;
        double sum = 0, squares = 0;
        foreach (var score in typical)
            sum += score;

        _mean = sum / typical.Length;
        foreach (var score in typical)
            squares += (score - _mean) * (score - _mean);

        // Where training rows all score the same, any unit will do.
        var deviation = Math.Sqrt(squares / typical.Length);
        _deviation = deviation > 0 ? deviation : 1;
    }

    /// <summary>Adds the member's standardised scores or ranks.</summary>
    /// <param name="sums">Receives one addend a row.</param>
    /// <param name="scores">Room for one score a row.</param>
    /// <param name="picked">Room for the rows as the model sees them.</param>
    public void Add(
        FeatureMatrix rows, int firstRow, Span<double> sums, BaggingCombination combination, Span<float> scores, float[] picked)
    {
        BaggingSample.Project(rows, firstRow, sums.Length, _columns, picked);
        _model.Score(new FeatureMatrix(picked, sums.Length, _columns.Length), scores);
        for (var row = 0; row < sums.Length; row++)
            sums[row] += combination == BaggingCombination.MeanRank ? Rank(scores[row]) : (scores[row] - _mean) / _deviation;
    }

    /// <summary>The share of training rows with a lower score, straight between two of them. Beyond both ends it goes on by at most one
    /// row's share, so that two rows that both exceed all training rows are not the same.</summary>
    public double Rank(float score)
    {
        var last = _typical.Length - 1;
        var range = Math.Max((double)_typical[last] - _typical[0], 1e-300);
        if (score > _typical[last])
            return (last + 0.5 + Beyond((score - (double)_typical[last]) / range)) / _typical.Length;

        if (score < _typical[0])
            return (0.5 - Beyond(((double)_typical[0] - score) / range)) / _typical.Length;

        // First at or above, first above.
        var low = First(score, orEqual: true);
        var high = First(score, orEqual: false);
        if (low < high)
            return (low + high) / 2.0 / _typical.Length;

        var below = (double)_typical[low - 1];
        return (low - 0.5 + (score - below) / (_typical[low] - below)) / _typical.Length;
    }

    public void Write(ModelSectionWriter writer)
    {
        writer.WriteArray<int>(_columns);
        writer.WriteArray<float>(_typical);
        _model.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no member.</exception>
    public static BaggingMember Read(ModelSectionReader reader, int featureCount, DetectorDescriptor detector)
    {
        var columns = reader.ReadArray<int>();
        if (columns.Length == 0 || columns.AsSpan().ContainsAnyExceptInRange(0, featureCount - 1) || !AreAscending(columns))
            throw new ModelFileException($"A member sees no columns, one that is not in 0 to {featureCount - 1}, or does not see them in ascending order.");

        var typical = reader.ReadArray<float>();
        if (typical.Length == 0 || !typical.All(float.IsFinite))
            throw new ModelFileException("A member has no scores of training rows, or one that is not finite.");

        // A forged order would let the search for a rank run out of the array.
        Array.Sort(typical);
        var model = detector.ReadModel(reader);
        return model.FeatureCount == columns.Length
            ? new BaggingMember(columns, model, typical)
            : throw new ModelFileException($"A member sees {columns.Length} columns; its model takes {model.FeatureCount}.");
    }

    private static bool AreAscending(int[] columns)
    {
        for (var i = 1; i < columns.Length; i++)
        {
            if (columns[i] <= columns[i - 1])
                return false;
        }

        return true;
    }

    private static double Beyond(double distance) => 0.5 * distance / (1 + distance);

    private int First(float score, bool orEqual)
    {
        int low = 0, high = _typical.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_typical[middle] < score || (!orEqual && _typical[middle] == score))
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
