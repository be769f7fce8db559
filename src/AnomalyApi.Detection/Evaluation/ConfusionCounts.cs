namespace AnomalyApi.Detection.Evaluation;

/// <summary>Rows by what they are and by whether they raised an alarm, and the rates that follow.</summary>
/// <remarks>A rate over no rows is not defined and is NaN, with one exception: <see cref="Precision"/> is 0 when anomalies are there and none
/// was flagged, because an empty list of alarms deserves no credit. Powers, Journal of Machine Learning Technologies 2, 2011,
/// section 2.</remarks>
/// <param name="TruePositives">Anomalies that raised an alarm, 0 or more.</param>
/// <param name="FalsePositives">Normal rows that raised an alarm, 0 or more.</param>
/// <param name="TrueNegatives">Normal rows that raised none, 0 or more.</param>
/// <param name="FalseNegatives">Anomalies that raised none, 0 or more.</param>
public readonly record struct ConfusionCounts(long TruePositives, long FalsePositives, long TrueNegatives, long FalseNegatives)
{
    /// <summary>Number of anomalous rows.</summary>
    public long Anomalies => TruePositives + FalseNegatives;

    /// <summary>Number of normal rows.</summary>
    public long Normals => FalsePositives + TrueNegatives;

    /// <summary>Number of rows that raised an alarm.</summary>
    public long Flagged => TruePositives + FalsePositives;

    /// <summary>Share of the alarms that are anomalies: TP / (TP + FP). Without alarms 0, or NaN when there is no anomaly either.</summary>
    public double Precision => Flagged == 0 && Anomalies > 0 ? 0 : Share(TruePositives, Flagged);

    /// <summary>Share of the anomalies that raised an alarm: TP / (TP + FN). NaN without anomalies.</summary>
    public double Recall => Share(TruePositives, Anomalies);

    /// <summary>Harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN). NaN when there are neither anomalies nor alarms.</summary>
    public double F1 => Share(2 * TruePositives, 2 * TruePositives + FalsePositives + FalseNegatives);

    /// <summary>Share of all rows that were judged rightly: (TP + TN) / all. NaN without rows.</summary>
    public double Accuracy => Share(TruePositives + TrueNegatives, Anomalies + Normals);

    /// <summary>Share of the normal rows that raised an alarm: FP / (FP + TN). NaN without normal rows.</summary>
    public double FalsePositiveRate => Share(FalsePositives, Normals);

    /// <summary>Share of the anomalies that raised none: FN / (TP + FN). NaN without anomalies.</summary>
    public double FalseNegativeRate => Share(FalseNegatives, Anomalies);

    /// <summary>Counts rows whose score reaches a threshold. Rows of unknown label are left out.</summary>
    /// <param name="threshold">Score from which on a row raises an alarm.</param>
    /// <param name="scores">Higher is more anomalous; no NaN.</param>
    /// <param name="labels">One label a score.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static ConfusionCounts At(float threshold, ReadOnlySpan<float> scores, ReadOnlySpan<RowLabel> labels)
    {
        RankedScores.CheckLengths(scores, labels);
        long truePositives = 0, falsePositives = 0, trueNegatives = 0, falseNegatives = 0;
        for (var row = 0; row < scores.Length; row++)
        {
            var isFlagged = scores[row] >= threshold;
            switch (labels[row])
            {
                case RowLabel.Anomaly when isFlagged: truePositives++; break;
                case RowLabel.Anomaly: falseNegatives++; break;
                case RowLabel.Normal when isFlagged: falsePositives++; break;
                case RowLabel.Normal: trueNegatives++; break;
            }
        }

        return new ConfusionCounts(truePositives, falsePositives, trueNegatives, falseNegatives);
    }

    private static double Share(long part, long whole) => whole == 0 ? double.NaN : (double)part / whole;
}
