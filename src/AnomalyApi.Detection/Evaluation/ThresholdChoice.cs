namespace AnomalyApi.Detection.Evaluation;

/// <summary>Chooses thresholds from scores of rows that were neither fitted nor will be tested. A row raises an alarm when its score reaches
/// the threshold. Thread-safe.</summary>
public static class ThresholdChoice
{
    /// <summary>The lowest threshold at which at most this share of the given rows raises an alarm.</summary>
    /// <remarks>It lies halfway between the highest score that raises none and the next one above, so that new rows close to either fall on
    /// the right side. Equal scores raise an alarm together or not at all, so of few distinct scores far fewer than the share may pass. When
    /// no score may pass, it is the next number above the highest.</remarks>
    /// <param name="normalScores">Scores of normal rows, at least 1, finite, in any order.</param>
    /// <param name="share">0 to 1, for example 0.05.</param>
    /// <exception cref="ArgumentException">There are no scores, or the share is not in 0 to 1.</exception>
    public static float ForNormalShare(ReadOnlySpan<float> normalScores, double share)
    {
        CheckShare(share, nameof(share));
        if (normalScores.IsEmpty)
            throw new ArgumentException("There are no scores of normal rows; at least 1 is needed to choose a threshold.", nameof(normalScores));

        var sorted = normalScores.ToArray();
        sorted.AsSpan().Sort();

        // 0.05 x 100 is a little more or less than 5 in binary.
        var allowed = (int)Math.Floor(share * sorted.Length + 1e-9);
        if (allowed == sorted.Length)
            return sorted[0];

        var highestBelow = sorted[sorted.Length - 1 - allowed];
        var above = sorted.Length - allowed;
        while (above < sorted.Length && sorted[above] == highestBelow)
            above++;

        return above == sorted.Length ? MathF.BitIncrement(highestBelow) : Between(highestBelow, sorted[above]);
    }

    /// <summary>The threshold of the best F1; the highest of several.</summary>
    /// <remarks>Halfway between the lowest score that raises an alarm and the next one below.</remarks>
    /// <param name="scores">Higher is more anomalous; no NaN.</param>
    /// <param name="labels">One label a score, at least one of them anomalous.</param>
    /// <exception cref="ArgumentException">The lengths differ, a score is NaN, or there is no anomaly.</exception>
    public static float ForBestF1(ReadOnlySpan<float> scores, ReadOnlySpan<RowLabel> labels)
    {
        var ranked = new RankedScores(scores, labels);
        if (ranked.Anomalies == 0)
            throw new ArgumentException("There is no labelled anomaly to measure F1 by.", nameof(labels));

        var best = ranked.BestF1().Threshold;
        var step = ranked.Distinct.IndexOf(best);
        return step == ranked.Distinct.Length - 1 ? best : Between(ranked.Distinct[step + 1], best);
    }

    internal static void CheckShare(double share, string name)
    {
        if (!(share is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(name, share, "Allowed are 0 to 1.");
    }

    /// <summary>Above <paramref name="low"/>, at most <paramref name="high"/>.</summary>
    private static float Between(float low, float high)
    {
        var middle = (float)(((double)low + high) / 2);
        return middle > low && middle <= high ? middle : high;
    }
}
