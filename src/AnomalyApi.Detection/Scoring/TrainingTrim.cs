namespace AnomalyApi.Detection.Scoring;

/// <summary>Chooses which stored rows a training may learn from, by the scores they had when they arrived.</summary>
/// <remarks>
/// <para>Stored traffic holds the attacks too. Fitting and calibrating have opposite needs. A detector loses little by never seeing
/// the rarest normal rows, so for fitting every row above the threshold goes. A calibration that never saw them would call them rarer than
/// they are, and each renewal from its own cut tail would raise more false alarms than the one before. So for calibrating only the
/// excess goes: a threshold of 30 expects one normal row in a thousand above it, and that many are kept.</para>
/// <para>By count alone, attacks cannot be told from normal traffic that has become more varied. To carry a model over to another network,
/// where many rows are above the threshold because the threshold is wrong, calibrate without trimming.</para>
/// </remarks>
public static class TrainingTrim
{
    // Chance moves the count of normal rows above the threshold. Cutting every count above the mean back to the mean, and never
    // filling one below it up, would lower the threshold a little at each renewal.
    private const double ToleratedDeviations = 3;

    /// <summary>The rows to fit on: all that did not reach the threshold.</summary>
    /// <param name="scores">Score of each candidate row, 0 to 100; NaN for a row that was never scored, which is kept.</param>
    /// <param name="threshold">Score from which on a row is left out, 0 to 100.</param>
    /// <returns>Indices of the rows kept, ascending.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is not in 0 to 100.</exception>
    public static int[] ForFit(ReadOnlySpan<float> scores, float threshold)
    {
        AnomalyScore.CheckRange(threshold, nameof(threshold));
        return KeepBelow(scores, threshold, alsoKept: []);
    }

    /// <summary>The rows to calibrate on: all, but when clearly more than expected reach the threshold, only as many as expected of
    /// those.</summary>
    /// <param name="scores">Score of each candidate row, 0 to 100; NaN for a row that was never scored, which is kept.</param>
    /// <param name="threshold">t: of n scored rows n 10^(-t/10) are expected to reach it, and up to three standard deviations more are left
    /// alone.</param>
    /// <returns>Indices of the rows kept, ascending. The most extreme rows are left out first; among equal scores the later row.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is not in 0 to 100.</exception>
    public static int[] ForCalibration(ReadOnlySpan<float> scores, float threshold)
    {
        var share = AnomalyScore.ToPValue(threshold);
        var scored = 0;
        var above = new List<(float Score, int Row)>();
        for (var row = 0; row < scores.Length; row++)
        {
            scored += float.IsNaN(scores[row]) ? 0 : 1;
            if (scores[row] >= threshold)
                above.Add((scores[row], row));
        }

        var expected = share * scored;
        if (above.Count > expected + ToleratedDeviations * Math.Sqrt(expected * (1 - share)))
        {
            above.Sort();
            above.RemoveRange((int)Math.Round(expected), above.Count - (int)Math.Round(expected));
        }

        return KeepBelow(scores, threshold, [.. above.Select(candidate => candidate.Row)]);
    }

    private static int[] KeepBelow(ReadOnlySpan<float> scores, float threshold, HashSet<int> alsoKept)
    {
        var kept = new List<int>(scores.Length);
        for (var row = 0; row < scores.Length; row++)
        {
            // Not "less than": NaN is kept.
            if (!(scores[row] >= threshold) || alsoKept.Contains(row))
                kept.Add(row);
        }

        return [.. kept];
    }
}
