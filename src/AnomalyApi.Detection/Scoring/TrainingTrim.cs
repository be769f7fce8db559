using System.Runtime.InteropServices;

namespace AnomalyApi.Detection.Scoring;

/// <summary>Chooses which stored rows a training may learn from, by the scores they had when they arrived.</summary>
/// <remarks>
/// <para>Stored traffic holds the attacks too. Fitting and calibrating have opposite needs. A detector loses little by never seeing
/// the rarest normal rows, so for fitting every row above the threshold goes. A calibration that never saw them would call them rarer than
/// they are, and each renewal from its own cut tail would raise more false alarms than the one before. So for calibrating only the
/// excess goes: a threshold of 30 expects one normal row in a thousand above it, and that many are kept.</para>
/// <para>By count alone, attacks cannot be told from normal traffic that has become more varied. On another network many rows are above
/// the threshold because the threshold is wrong; there <see cref="ForRecalibration(ReadOnlySpan{float}, ReadOnlySpan{float})"/> lets the tail of the rows themselves say how many belong there.</para>
/// </remarks>
public static class TrainingTrim
{
    // Chance moves the count of normal rows above the threshold. Cutting every count above the mean back to the mean, and never
    // filling one below it up, would lower the threshold a little at each renewal.
    private const double ToleratedDeviations = 3;

    // Scores of p = 0.5, from which on the density must fall, and of p = 0.03, beyond which attacks are looked for.
    private const float TailBegin = 3.0103f;
    private const float Extreme = 15;

    // The score of p = 0.05, that many of the rows a calibration knows reach.
    private const float Uncommon = 13.0103f;

    // Measured. Machines moved to another network: hours with up to 23 % attacks, up to 21 % of the normal rows uncommon. An office whose transfers have grown
    // tenfold or more: heaps of normal rows of 29 to 37 %, or smaller ones while 33 % of the others or more are uncommon.
    private const double LargestHeap = 0.25;
    private const double MostMoved = 0.3;

    // Heaps the calibration knows have 0.6 to 1.8 times the rows it expects, attacks mostly more than ten times.
    private const double MostExpected = 2;

    // More than this is worth a look by a person.
    private const double NotAFew = 0.1;

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

    /// <summary>The rows to renew a calibration on: all, but none of a small heap that stands apart at the extreme end.</summary>
    /// <remarks>
    /// The density of normal scores falls all the way, on the traffic a model was calibrated on and mostly on other traffic; attacks heap up
    /// where it has all but ended (see ScoreHeap). Normal traffic heaps up there too when a service is rare or traffic has moved, and leaving that out
    /// makes all of it false alarms. So a heap is left out only when it is at most a quarter of the rows, more than twice what the calibration that
    /// is renewed expects there, and when at most three in ten of the other rows reach the score of one in twenty: where most rows are strange, the strangest
    /// need not be attacks.
    /// </remarks>
    /// <param name="raw">Raw score of each row.</param>
    /// <param name="scores">Its score under the calibration that is renewed, 0 to 100, rising with the raw score.</param>
    /// <returns>Indices of the rows kept, ascending.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static int[] ForRecalibration(ReadOnlySpan<float> raw, ReadOnlySpan<float> scores) => ForRecalibration(raw, scores, out _);

    /// <summary>The same, with a sentence for whoever renews the calibration when the choice may be wrong; null when it is clear.</summary>
    internal static int[] ForRecalibration(ReadOnlySpan<float> raw, ReadOnlySpan<float> scores, out string? warning)
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
        var begin = ScoreHeap.Begin(CollectionsMarshal.AsSpan(tail), first);
        return KeepBelow(raw, IsLeftOut(raw, scores, begin, out warning) ? begin : float.PositiveInfinity, alsoKept: []);
    }

    private static bool IsLeftOut(ReadOnlySpan<float> raw, ReadOnlySpan<float> scores, float begin, out string? warning)
    {
        var (heap, lowest, moved) = (0, AnomalyScore.Max, 0);
        for (var row = 0; row < raw.Length; row++)
        {
            if (raw[row] >= begin)
                (heap, lowest) = (heap + 1, Math.Min(lowest, scores[row]));
            else if (scores[row] >= Uncommon)
                moved++;
        }

        warning = null;
        // Rare services that the calibration knows make a heap in the new traffic as they made one in the old.
        if (heap <= MostExpected * AnomalyScore.ToPValue(lowest) * raw.Length)
            return false;

        var share = heap / (double)raw.Length;
        var movedShare = moved / (double)Math.Max(1, raw.Length - heap);
        var isLeftOut = share <= LargestHeap && movedShare <= MostMoved;
        if (share > LargestHeap)
            warning = Say($"{share:P0} of the rows stand apart at the high end, too many for a few attacks. They were calibrated on as normal; if they are attacks, label them or take another hour.");
        else if (!isLeftOut)
            warning = Say($"{share:P1} of the rows stand apart at the high end, but {movedShare:P0} of the others are uncommon too, so they may be normal. They were calibrated on as normal; if they are attacks, label them or take another hour.");
        else if (share > NotAFew)
            warning = Say($"{share:P0} of the rows stand apart at the high end and were left out as attacks. If they are normal, train a new model on them.");

        return isLeftOut;
    }

    private static string Say(FormattableString text) => FormattableString.Invariant(text);

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
