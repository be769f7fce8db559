using AnomalyApi.Detection.Evaluation;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Scores of training rows by the trees that were grown without them.</summary>
/// <param name="treeCount">Trees of the forest, which have divided their leaves by it.</param>
internal sealed class OutOfBagScores(ForestBag bag, int treeCount)
{
    private const double Unit = 1.0 / (1L << 32);

    // Whole numbers, because trees come in any order and a sum must not depend on it.
    private readonly long[] _sums = new long[bag.HasLeftOut ? bag.RowCount : 0];
    private readonly int[] _counts = new int[bag.HasLeftOut ? bag.RowCount : 0];

    /// <summary>Adds what a tree says of the rows it has not seen. Thread-safe.</summary>
    public void Add(GrownTree tree, float[] leafValues, ReadOnlySpan<int> leftOut)
    {
        if (!bag.HasLeftOut)
            return;

        foreach (var row in leftOut)
        {
            Interlocked.Add(ref _sums[row], (long)(leafValues[tree.LeafOf(row)] / Unit));
            Interlocked.Increment(ref _counts[row]);
        }
    }

    /// <summary>ROC-AUC and balanced error over the rows that were left out at least once.</summary>
    public (double Area, double Error) Estimate(TrainingRows rows)
    {
        var scores = new List<float>();
        var labels = new List<RowLabel>();
        var wrong = (Normals: 0, Anomalies: 0);
        for (var row = 0; row < _counts.Length; row++)
        {
            if (_counts[row] == 0)
                continue;

            var score = (float)(_sums[row] * Unit * treeCount / _counts[row]);
            scores.Add(score);
            labels.Add(rows.Label(row));
            wrong.Normals += score >= 0 && !bag.IsAnomaly(row) ? 1 : 0;
            wrong.Anomalies += score < 0 && bag.IsAnomaly(row) ? 1 : 0;
        }

        double anomalies = labels.Count(label => label == RowLabel.Anomaly);
        var normals = labels.Count - anomalies;
        return anomalies == 0 || normals == 0
            ? (double.NaN, double.NaN)
            : (Ranking.RocAuc([.. scores], [.. labels]), (wrong.Normals / normals + wrong.Anomalies / anomalies) / 2);
    }
}
