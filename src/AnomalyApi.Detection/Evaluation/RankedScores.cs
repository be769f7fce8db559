namespace AnomalyApi.Detection.Evaluation;

/// <summary>Labelled rows in the order of their scores, from the highest down, equal scores together: what every measure that looks at
/// more than one threshold is computed from. Rows of unknown label are left out. Thread-safe.</summary>
public sealed class RankedScores
{
    // Distinct scores, descending, and how many rows of each label score at least as high.
    private readonly float[] _scores;
    private readonly int[] _anomalies;
    private readonly int[] _normals;

    /// <summary>Takes over arrays of equal length, for a sample of the rows whose counts are filled in anew.</summary>
    internal RankedScores(float[] scores, int[] anomalies, int[] normals)
    {
        _scores = scores;
        _anomalies = anomalies;
        _normals = normals;
    }

    /// <summary>Sorts rows by score.</summary>
    /// <param name="scores">Higher is more anomalous; no NaN.</param>
    /// <param name="labels">One label a score.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public RankedScores(ReadOnlySpan<float> scores, ReadOnlySpan<RowLabel> labels)
    {
        CheckLengths(scores, labels);
        var sorted = scores.ToArray();
        var sortedLabels = labels.ToArray();
        Array.Sort(sorted, sortedLabels);
        if (sorted.Length > 0 && float.IsNaN(sorted[0]))
            throw new ArgumentException("A score is NaN; it has no rank.", nameof(scores));

        var distinct = new List<float>();
        var anomalies = new List<int>();
        var normals = new List<int>();
        int anomaliesSoFar = 0, normalsSoFar = 0;
        for (var at = sorted.Length - 1; at >= 0;)
        {
            var (score, known) = (sorted[at], anomaliesSoFar + normalsSoFar);
            for (; at >= 0 && sorted[at] == score; at--)
            {
                anomaliesSoFar += sortedLabels[at] == RowLabel.Anomaly ? 1 : 0;
                normalsSoFar += sortedLabels[at] == RowLabel.Normal ? 1 : 0;
            }

            if (anomaliesSoFar + normalsSoFar == known)
                continue;

            distinct.Add(score);
            anomalies.Add(anomaliesSoFar);
            normals.Add(normalsSoFar);
        }

        (_scores, _anomalies, _normals) = ([.. distinct], [.. anomalies], [.. normals]);
    }

    /// <summary>Number of anomalous rows.</summary>
    public int Anomalies => _anomalies.Length == 0 ? 0 : _anomalies[^1];

    /// <summary>Number of normal rows.</summary>
    public int Normals => _normals.Length == 0 ? 0 : _normals[^1];

    internal ReadOnlySpan<float> Distinct => _scores;

    internal int AnomaliesFrom(int step) => step < 0 ? 0 : _anomalies[step];

    internal int NormalsFrom(int step) => step < 0 ? 0 : _normals[step];

    /// <summary>Area under the ROC curve: the chance that a random anomaly scores above a random normal row, a tie counting half. NaN when
    /// one of the labels is missing.</summary>
    /// <remarks>By ranks, as Mann and Whitney, Annals of Mathematical Statistics 18, 1947: exact, also with ties.</remarks>
    public double RocAuc()
    {
        double wins = 0;
        for (var step = 0; step < _scores.Length; step++)
        {
            var tiedAnomalies = _anomalies[step] - AnomaliesFrom(step - 1);
            wins += (_normals[step] - (double)NormalsFrom(step - 1)) * (_anomalies[step] - tiedAnomalies / 2.0);
        }

        return wins / ((double)Normals * Anomalies);
    }

    /// <summary>Area under the precision-recall curve as average precision: the sum over thresholds of the recall gained times the precision
    /// there. NaN without anomalies.</summary>
    /// <remarks>Rows of equal score pass a threshold together, so their order does not matter. No line is drawn between points: that would be
    /// too optimistic (Davis and Goadrich, ICML 2006, section 4).</remarks>
    public double AveragePrecision()
    {
        double sum = 0;
        for (var step = 0; step < _scores.Length; step++)
        {
            double gained = _anomalies[step] - AnomaliesFrom(step - 1);
            if (gained > 0)
                sum += gained * _anomalies[step] / ((double)_anomalies[step] + _normals[step]);
        }

        return sum / Anomalies;
    }

    /// <summary>The largest F1 over all thresholds. Chosen with the labels it is measured on, so an upper bound only.</summary>
    public BestF1 BestF1()
    {
        var best = new BestF1(Anomalies == 0 ? double.NaN : 0, float.PositiveInfinity);
        for (var step = 0; step < _scores.Length; step++)
        {
            var f1 = 2.0 * _anomalies[step] / ((double)_anomalies[step] + _normals[step] + Anomalies);
            if (f1 > best.F1)
                best = new BestF1(f1, _scores[step]);
        }

        return best;
    }

    /// <summary>The counts at a threshold: rows that score at least as high raise an alarm.</summary>
    public ConfusionCounts At(float threshold)
    {
        int low = 0, high = _scores.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _scores[middle] >= threshold ? (middle + 1, high) : (low, middle);
        }

        var (hits, alarms) = (AnomaliesFrom(low - 1), NormalsFrom(low - 1));
        return new ConfusionCounts(hits, alarms, Normals - alarms, Anomalies - hits);
    }

    /// <summary>Share of anomalies among the <paramref name="count"/> rows of the highest scores. Where equal scores stand on both sides of
    /// the last place, what a random choice among them gives on average.</summary>
    /// <param name="count">1 to the number of labelled rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not as many rows.</exception>
    public double PrecisionAt(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Anomalies + Normals);
        var step = 0;
        while (_anomalies[step] + _normals[step] < count)
            step++;

        var before = AnomaliesFrom(step - 1) + NormalsFrom(step - 1);
        double tied = _anomalies[step] + _normals[step] - before;
        return (AnomaliesFrom(step - 1) + (count - before) * (_anomalies[step] - AnomaliesFrom(step - 1)) / tied) / count;
    }

    /// <summary>The largest recall of the thresholds that flag at most this share of the normal rows; 0 when no threshold does. NaN when one
    /// of the labels is missing.</summary>
    /// <remarks>Nothing is interpolated. The threshold is found with the labels it is measured on; for a figure that can be promised, choose
    /// it on other rows with <see cref="ThresholdChoice"/>.</remarks>
    /// <param name="falsePositiveRate">0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not in 0 to 1.</exception>
    public double RecallAt(double falsePositiveRate)
    {
        ThresholdChoice.CheckShare(falsePositiveRate, nameof(falsePositiveRate));
        var step = -1;
        while (step + 1 < _scores.Length && _normals[step + 1] <= falsePositiveRate * Normals)
            step++;

        return Normals == 0 ? double.NaN : AnomaliesFrom(step) / (double)Anomalies;
    }

    /// <summary>Recall over the false-positive rate, from (0, 0) to (1, 1), thinned for drawing. Empty when one of the labels is missing.</summary>
    /// <param name="maxPoints">Points at most, 2 or more.</param>
    public IReadOnlyList<CurvePoint> RocCurve(int maxPoints = 200)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPoints, 2);
        if (Anomalies == 0 || Normals == 0)
            return [];

        var points = new CurvePoint[_scores.Length + 1];
        points[0] = new CurvePoint(0, 0, float.PositiveInfinity);
        for (var step = 0; step < _scores.Length; step++)
            points[step + 1] = new CurvePoint((double)_normals[step] / Normals, (double)_anomalies[step] / Anomalies, _scores[step]);

        return CurveThinning.Thin(points, maxPoints);
    }

    /// <summary>Precision over the recall, from the highest threshold to a recall of 1, thinned for drawing. Empty without anomalies.</summary>
    /// <param name="maxPoints">Points at most, 2 or more.</param>
    public IReadOnlyList<CurvePoint> PrecisionRecallCurve(int maxPoints = 200)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPoints, 2);
        if (Anomalies == 0)
            return [];

        var points = new CurvePoint[_scores.Length];
        for (var step = 0; step < points.Length; step++)
            points[step] = new CurvePoint((double)_anomalies[step] / Anomalies, (double)_anomalies[step] / (_anomalies[step] + _normals[step]), _scores[step]);

        return CurveThinning.Thin(points, maxPoints);
    }

    internal static void CheckLengths(ReadOnlySpan<float> scores, ReadOnlySpan<RowLabel> labels)
    {
        if (scores.Length != labels.Length)
            throw new ArgumentException($"There are {labels.Length} labels for {scores.Length} scores.", nameof(labels));
    }
}
