using System.Runtime.InteropServices;

namespace AnomalyApi.Detection.Scoring;

/// <summary>Chooses which stored rows a training may learn from, by the scores they had when they arrived.</summary>
/// <remarks>
/// <para>Stored traffic holds the attacks too. Fitting and calibrating have opposite needs. A detector loses little by never seeing
/// the rarest normal rows, so for fitting every row above the threshold goes. A calibration that never saw them would call them rarer than
/// they are, and each renewal from its own cut tail would raise more false alarms than the one before. So for calibrating only the
/// excess goes: a threshold of 30 expects one normal row in a thousand above it, and that many are kept.</para>
/// <para>By count alone, attacks cannot be told from normal traffic that has become more varied. On another network many rows are above
/// the threshold because the threshold is wrong; there <see cref="ForRecalibration"/> lets the tail of the rows themselves say how many belong there.</para>
/// </remarks>
public static class TrainingTrim
{
    // Chance moves the count of normal rows above the threshold. Cutting every count above the mean back to the mean, and never
    // filling one below it up, would lower the threshold a little at each renewal.
    private const double ToleratedDeviations = 3;

    // Scores of p = 0.5, from which on the density must fall, and of p = 0.03, beyond which attacks are looked for.
    private const float TailBegin = 3.0103f;
    private const float Extreme = 15;

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
            KeepLowest(above, expected);

        return KeepBelow(scores, threshold, [.. above.Select(candidate => candidate.Row)]);
    }

    /// <summary>The rows to renew a calibration on: all, but none of a heap that stands apart at the extreme end.</summary>
    /// <remarks>
    /// The density of normal scores falls all the way, on the traffic a model was calibrated on and on other traffic alike; attacks heap up
    /// where it has all but ended. A falling density has a concave distribution function, so the least concave function above the
    /// empirical one (Grenander, Skandinavisk Aktuarietidskrift 39, 1956) touches it but for chance, and is furthest above it where a heap
    /// begins. Rows from there on are left out when more than half of them are too many for a falling density, by four standard deviations or more.
    /// Scores that many normal rows share, where a detector cannot tell extremes apart, make a small heap too; hence the half. A flood that is
    /// the larger part of the rows moves the tail itself and is taken for normal.
    /// </remarks>
    /// <param name="raw">Raw score of each row.</param>
    /// <param name="scores">Its score under the calibration that is renewed, 0 to 100, rising with the raw score.</param>
    /// <returns>Indices of the rows kept, ascending.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static int[] ForRecalibration(ReadOnlySpan<float> raw, ReadOnlySpan<float> scores)
    {
        if (raw.Length != scores.Length)
            throw new ArgumentException($"There are {scores.Length} scores for {raw.Length} raw scores.", nameof(scores));

        // The raw scores are looked at, not the scores: where a calibration ends, its extrapolation may press all that lies beyond together.
        var tail = new List<float>(raw.Length);
        var extremes = 0;
        for (var row = 0; row < raw.Length; row++)
        {
            if (scores[row] >= TailBegin)
                tail.Add(raw[row]);

            extremes += scores[row] >= Extreme ? 1 : 0;
        }

        tail.Sort();
        var first = tail.Count - Math.Min(extremes, raw.Length / 2);
        return KeepBelow(raw, BeginOfHeap(CollectionsMarshal.AsSpan(tail), first), alsoKept: []);
    }

    /// <summary>The value at which a heap begins; infinite when there is none.</summary>
    /// <param name="sorted">Ascending values of which the density should fall.</param>
    /// <param name="first">The first that may belong to a heap.</param>
    private static float BeginOfHeap(ReadOnlySpan<float> sorted, int first)
    {
        // Corners of the least concave majorant: the first is where the values begin, and corner c lies at value c - 1, up to which there are c values.
        var corners = new List<int> { 0 };
        for (var i = 1; i <= sorted.Length; i++)
        {
            while (corners.Count > 1 && !IsConcave(sorted, corners[^2], corners[^1], i))
                corners.RemoveAt(corners.Count - 1);

            corners.Add(i);
        }

        var (begin, furthest) = (float.PositiveInfinity, 0.0);
        for (var corner = 1; corner < corners.Count; corner++)
        {
            var (from, to) = (corners[corner - 1], corners[corner]);
            var width = At(sorted, to) - At(sorted, from);
            for (var i = Math.Max(from, first); i < to && width > 0; i++)
            {
                if (i > 0 && sorted[i] == sorted[i - 1])
                    continue;

                // Just before value i there are i values.
                var distance = from + (to - from) * (sorted[i] - At(sorted, from)) / width - i;
                double beyond = sorted.Length - i;
                var chance = 4 * Math.Sqrt(beyond * (1 - beyond / sorted.Length));
                if (distance > Math.Max(chance, beyond / 2) && distance > furthest)
                    (begin, furthest) = (sorted[i], distance);
            }
        }

        return begin;
    }

    private static double At(ReadOnlySpan<float> sorted, int corner) => sorted[Math.Max(0, corner - 1)];

    private static bool IsConcave(ReadOnlySpan<float> sorted, int left, int middle, int right) =>
        (right - middle) * (At(sorted, middle) - At(sorted, left)) < (middle - left) * (At(sorted, right) - At(sorted, middle));

    private static void KeepLowest(List<(float Score, int Row)> candidates, double count)
    {
        candidates.Sort();
        var kept = Math.Min(candidates.Count, (int)Math.Round(count));
        candidates.RemoveRange(kept, candidates.Count - kept);
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
