namespace AnomalyApi.Detection.Evaluation;

/// <summary>How well scores put anomalies ahead of normal rows, whatever the threshold. Rows of unknown label are left out. Thread-safe.</summary>
public static class Ranking
{
    /// <summary>Area under the ROC curve: the chance that a random anomaly scores above a random normal row, a tie counting half.</summary>
    /// <remarks>By ranks, as Mann and Whitney, Annals of Mathematical Statistics 18, 1947: exact, also with ties.</remarks>
    /// <param name="scores">Higher is more anomalous; no NaN.</param>
    /// <param name="labels">One label a score.</param>
    /// <returns>0 to 1; NaN when there is no normal or no anomalous row.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double RocAuc(ReadOnlySpan<float> scores, ReadOnlySpan<RowLabel> labels)
    {
        if (scores.Length != labels.Length)
            throw new ArgumentException($"There are {labels.Length} labels for {scores.Length} scores.", nameof(labels));

        var sortedScores = scores.ToArray();
        var sortedLabels = labels.ToArray();
        Array.Sort(sortedScores, sortedLabels);

        long normals = 0, anomalies = 0;
        double wins = 0;
        for (var first = 0; first < sortedScores.Length;)
        {
            long tiedNormals = 0, tiedAnomalies = 0;
            var end = first;
            for (; end < sortedScores.Length && sortedScores[end] == sortedScores[first]; end++)
            {
                tiedNormals += sortedLabels[end] == RowLabel.Normal ? 1 : 0;
                tiedAnomalies += sortedLabels[end] == RowLabel.Anomaly ? 1 : 0;
            }

            wins += tiedAnomalies * (normals + tiedNormals / 2.0);
            normals += tiedNormals;
            anomalies += tiedAnomalies;
            first = end;
        }

        return wins / ((double)normals * anomalies);
    }
}
