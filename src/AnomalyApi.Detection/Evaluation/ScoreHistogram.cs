namespace AnomalyApi.Detection.Evaluation;

/// <summary>How many rows of each label have a score in which range.</summary>
/// <param name="Edges">Bin i reaches from edge i, included, to edge i + 1; the last bin includes its end. One more than bins, ascending.</param>
/// <param name="Normals">Normal rows in each bin.</param>
/// <param name="Anomalies">Anomalous rows in each bin.</param>
public sealed record ScoreHistogram(double[] Edges, int[] Normals, int[] Anomalies)
{
    // Raw scores may have a tail a million times longer than their bulk, and then all but one bin would be empty.
    private const double CutShare = 0.005;

    /// <summary>Counts scores in bins of equal width.</summary>
    /// <remarks>The bins cover all but the lowest and the highest 0.5 % of the scores; those count in the bins at the ends.</remarks>
    /// <param name="scores">Finite.</param>
    /// <param name="labels">One label a score; unknown ones are left out.</param>
    /// <param name="bins">1 or more.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static ScoreHistogram Of(ReadOnlySpan<float> scores, ReadOnlySpan<RowLabel> labels, int bins)
    {
        RankedScores.CheckLengths(scores, labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        var sorted = scores.ToArray();
        Array.Sort(sorted);
        var cut = (int)(sorted.Length * CutShare);
        var (low, high) = sorted.Length == 0 ? (0.0, 1.0) : (sorted[cut], sorted[sorted.Length - 1 - cut]);
        if (high <= low)
            high = low + Math.Max(1, Math.Abs(low) * 1e-6);

        var edges = new double[bins + 1];
        for (var edge = 0; edge <= bins; edge++)
            edges[edge] = low + (high - low) * edge / bins;

        var (normals, anomalies) = (new int[bins], new int[bins]);
        for (var row = 0; row < scores.Length; row++)
        {
            var bin = (int)Math.Clamp((scores[row] - low) / (high - low) * bins, 0, bins - 1);
            normals[bin] += labels[row] == RowLabel.Normal ? 1 : 0;
            anomalies[bin] += labels[row] == RowLabel.Anomaly ? 1 : 0;
        }

        return new ScoreHistogram(edges, normals, anomalies);
    }
}
