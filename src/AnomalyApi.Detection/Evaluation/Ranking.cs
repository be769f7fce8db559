namespace AnomalyApi.Detection.Evaluation;

/// <summary>How well scores put anomalies ahead of normal rows, whatever the threshold. Rows of unknown label are left out. Thread-safe.</summary>
/// <remarks>Each method sorts the scores; for several measures of the same rows make one <see cref="RankedScores"/>.</remarks>
public static class Ranking
{
    /// <summary>Area under the ROC curve: the chance that a random anomaly scores above a random normal row, a tie counting half.</summary>
    /// <param name="scores">Higher is more anomalous; no NaN.</param>
    /// <param name="labels">One label a score.</param>
    /// <returns>0 to 1; NaN when there is no normal or no anomalous row.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static double RocAuc(ReadOnlySpan<float> scores, ReadOnlySpan<RowLabel> labels) => new RankedScores(scores, labels).RocAuc();

    /// <summary>Area under the precision-recall curve, as average precision: <see cref="RankedScores.AveragePrecision"/>.</summary>
    /// <param name="scores">Higher is more anomalous; no NaN.</param>
    /// <param name="labels">One label a score.</param>
    /// <returns>Above 0 and at most 1; NaN when there is no anomalous row.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static double PrAuc(ReadOnlySpan<float> scores, ReadOnlySpan<RowLabel> labels) =>
        new RankedScores(scores, labels).AveragePrecision();
}
