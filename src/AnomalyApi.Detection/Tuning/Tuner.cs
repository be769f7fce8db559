using AnomalyApi.Detection.Evaluation;

namespace AnomalyApi.Detection.Tuning;

/// <summary>Chooses options by trying them. Thread-safe.</summary>
/// <remarks>Successive halving: all candidates are fitted on a few rows, the best third on three times as many, and so on until the last are fitted
/// on all (Jamieson and Talwalkar, AISTATS 2016, section 3, with the share of the rows as budget). Every trial of a round has the same rows and the
/// same seed, so that options are compared and not luck. The result, times aside, is the same for any number of threads.</remarks>
public static class Tuner
{
    // Fewer rows tell options apart by luck only.
    private const int MinRows = 256;

    /// <summary>Tries options on fitting rows: a part is held out for validation as in <see cref="DetectorEvaluation"/>, and what scores it best
    /// is chosen.</summary>
    /// <param name="options">What is tried first and kept where the space says nothing; null for the defaults.</param>
    /// <param name="rows">Shape [n, d]. Rows that are to be tested must not be among them.</param>
    /// <exception cref="ArgumentException">Without labelled anomalies nothing can be chosen; or rows or settings do not fit.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static TuningResult Run(
        DetectorDescriptor descriptor, object? options, TrainingRows rows, TuningSettings tuning, EvaluationSettings settings, TimeProvider time, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        ArgumentNullException.ThrowIfNull(time);
        DetectorArguments.CheckOptions(settings);
        return Run(descriptor, options, FittingRows.Of(descriptor, rows, settings, settings.Seed, time, ct), tuning, settings, settings.Seed, time, ct);
    }

    internal static TuningResult Run(
        DetectorDescriptor descriptor,
        object? options,
        FittingRows rows,
        TuningSettings tuning,
        EvaluationSettings settings,
        ulong seed,
        TimeProvider time,
        CancellationToken ct)
    {
        DetectorArguments.CheckOptions(tuning);
        CheckLabels(rows.ValidationLabels);
        var space = tuning.Space ?? SearchSpace.Of(descriptor);
        options ??= Activator.CreateInstance(descriptor.OptionsType)!;
        var candidates = Candidates.Of(space, options, tuning, seed);
        var nested = NestedOrder(rows.Fit, seed);
        var budgets = Budgets(rows.Fit.RowCount, tuning);

        var trials = new List<TuningTrial>();
        var alive = Enumerable.Range(0, candidates.Count).ToArray();
        var done = 0;
        var planned = budgets.Select((_, round) => Math.Max(1, (int)(candidates.Count / Math.Pow(tuning.ReductionFactor, round)))).ToArray();
        foreach (var (round, budget) in budgets.Index())
        {
            var fit = Share(rows.Fit, nested, budget);
            var tried = new TuningTrial[alive.Length];
            ParallelWork.For(
                alive.Length,
                settings.MaxThreads,
                i =>
                {
                    var candidate = candidates[alive[i]];
                    var start = time.GetTimestamp();
                    var (score, failure) = Try(descriptor, candidate, fit, rows, tuning.Metric, settings, seed, ct);
                    tried[i] = new TuningTrial(
                        alive[i], candidate, space.ValuesOf(candidate), budget, fit.RowCount, score, time.GetElapsedTime(start).TotalSeconds, failure);
                    settings.Progress?.Report((double)Interlocked.Increment(ref done) / planned.Sum());
                },
                ct);

            trials.AddRange(tried);
            if (round + 1 < budgets.Length)
                alive = [.. Ranked(tried).Take(planned[round + 1]).Select(trial => trial.Configuration).Order()];
        }

        return new TuningResult(tuning.Metric, trials, Ranked(trials.Where(trial => trial.Budget == 1)).FirstOrDefault());
    }

    private static void CheckLabels(RowLabel[] labels)
    {
        var (normals, anomalies) = (labels.Count(label => label == RowLabel.Normal), labels.Count(label => label == RowLabel.Anomaly));
        if (normals == 0 || anomalies == 0)
        {
            throw new ArgumentException(
                $"Options cannot be chosen: of the validation rows {normals} are labelled normal and {anomalies} anomalous. Without some of each "
                + "nothing says which options are better; use the defaults, or label some rows.");
        }
    }

    private static IOrderedEnumerable<TuningTrial> Ranked(IEnumerable<TuningTrial> trials) =>
        trials.Where(trial => trial.Failure is null).OrderByDescending(trial => trial.Score).ThenBy(trial => trial.Configuration);

    private static (double Score, string? Failure) Try(
        DetectorDescriptor descriptor,
        object options,
        TrainingRows fit,
        FittingRows rows,
        TuningMetric metric,
        EvaluationSettings settings,
        ulong seed,
        CancellationToken ct)
    {
        try
        {
            var model = FoldRun.DetectorOf(descriptor, options, settings).Fit(fit, new FitSettings(seed), ct);
            var scores = new float[rows.Validation.RowCount];
            model.Score(rows.Validation, scores, ct);
            var ranked = new RankedScores(scores, rows.ValidationLabels);
            return (metric == TuningMetric.RocAuc ? ranked.RocAuc() : ranked.AveragePrecision(), null);
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or ArithmeticException)
        {
            return (double.NaN, failure.Message);
        }
    }

    /// <summary>Shares of the rows, ascending, the last 1.</summary>
    private static double[] Budgets(int rowCount, TuningSettings tuning)
    {
        var budgets = new List<double> { 1 };
        for (var budget = 1.0 / tuning.ReductionFactor; budget >= tuning.MinBudget && budget * rowCount >= MinRows; budget /= tuning.ReductionFactor)
            budgets.Insert(0, budget);

        return [.. budgets];
    }

    /// <summary>For each label its rows in random order: the first of each make a smaller set of the same kind.</summary>
    private static int[][] NestedOrder(TrainingRows rows, ulong seed)
    {
        var random = new SeededRandom(seed);
        var byLabel = new int[3][];
        for (var label = 0; label < byLabel.Length; label++)
        {
            byLabel[label] = [.. Enumerable.Range(0, rows.RowCount).Where(row => rows.Label(row) == (RowLabel)label)];
            random.Shuffle(byLabel[label].AsSpan());
        }

        return byLabel;
    }

    private static TrainingRows Share(TrainingRows rows, int[][] nested, double budget)
    {
        if (budget == 1)
            return rows;

        int[] picked = [.. nested.SelectMany(label => label.Take((int)Math.Ceiling(label.Length * budget)))];
        Array.Sort(picked);
        return rows.Pick(picked);
    }
}
