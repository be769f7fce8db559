namespace AnomalyApi.Detection.Evaluation;

/// <summary>Confidence intervals by drawing the tested rows again, with replacement.</summary>
/// <remarks>
/// Percentile intervals: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3. Normal and anomalous rows are drawn
/// apart, each as many as there are, because their share is a choice of whoever collected the rows and not an outcome. They say how much the
/// figure owes to the rows that happened to be tested, not what another fit or another network would give. Rows are taken as independent; flows
/// of one attack are not, so true intervals are wider.
/// </remarks>
public static class Bootstrap
{
    /// <summary>One interval for each measure, all from the same draws.</summary>
    /// <param name="ranked">The tested rows.</param>
    /// <param name="measures">Functions of ranked rows, called from several threads with samples that are valid during the call only.</param>
    /// <param name="replicates">Number of draws, 1 or more; 1000 is usual for 95 %.</param>
    /// <param name="level">Share of draws inside, above 0 and below 1.</param>
    /// <param name="seed">Seed of the draws. The result depends on nothing else.</param>
    /// <param name="maxThreads">Threads that may be used, 1 or more; the result is the same for any number.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ConfidenceInterval[] Intervals(
        RankedScores ranked, IReadOnlyList<Func<RankedScores, double>> measures, int replicates, double level, ulong seed, int maxThreads, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(ranked);
        ArgumentNullException.ThrowIfNull(measures);
        ArgumentOutOfRangeException.ThrowIfLessThan(replicates, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxThreads, 1);
        if (!(level is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(level), level, "Allowed is what is above 0 and below 1.");

        // Drawn in order before any thread starts, so that a draw does not depend on who makes it.
        var random = new SeededRandom(seed);
        var seeds = new ulong[replicates];
        for (var i = 0; i < seeds.Length; i++)
            seeds[i] = random.NextUInt64();

        var values = new double[measures.Count][];
        for (var measure = 0; measure < values.Length; measure++)
            values[measure] = new double[replicates];

        Parallel.For(
            0,
            replicates,
            new ParallelOptions { MaxDegreeOfParallelism = maxThreads, CancellationToken = ct },
            () => new Resample(ranked),
            (replicate, _, resample) =>
            {
                var sample = resample.Draw(seeds[replicate]);
                for (var measure = 0; measure < values.Length; measure++)
                    values[measure][replicate] = measures[measure](sample);

                return resample;
            },
            _ => { });

        return Array.ConvertAll(values, drawn => Interval(drawn, level));
    }

    private static ConfidenceInterval Interval(double[] drawn, double level)
    {
        // NaN sorts to the front: a measure that is not defined in one draw is not defined in any we could trust.
        Array.Sort(drawn);
        return double.IsNaN(drawn[0])
            ? new ConfidenceInterval(double.NaN, double.NaN)
            : new ConfidenceInterval(Quantile(drawn, (1 - level) / 2), Quantile(drawn, (1 + level) / 2));
    }

    /// <summary>Between the two values beside the place, as Hyndman and Fan, American Statistician 50, 1996, definition 7.</summary>
    private static double Quantile(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
