namespace AnomalyApi.Detection.Evaluation;

/// <summary>Measures detectors without fooling anybody. Thread-safe.</summary>
/// <remarks>
/// One run: a fifth of the fitting rows (<see cref="EvaluationSettings.ValidationShare"/>, drawn label by label) is held out for validation; the
/// preparation and the detector are fitted on the others; thresholds, and options when tuning is on, are chosen on the validation rows; then
/// every tested row is scored once and measured. Labels of tested rows are used for measuring only. Everything random follows
/// <see cref="EvaluationSettings.Seed"/>, and results, times aside, are the same for any number of threads.
/// </remarks>
public static class DetectorEvaluation
{
    private const double LowShare = 0.01;
    private const double HighShare = 0.05;

    /// <summary>Fits on some rows of a set and tests on others.</summary>
    /// <param name="descriptor">The detector.</param>
    /// <param name="options">Of the descriptor's type; null for the defaults. With tuning, what is tried first and what is kept where the search
    /// space says nothing.</param>
    /// <param name="rows">Shape [n, d]: numbers, and codes where a column is categorical; NaN stands for missing.</param>
    /// <param name="split">Which rows are on which side, for example from <see cref="Splits"/>.</param>
    /// <param name="settings">How it is done.</param>
    /// <param name="time">The clock that fitting and scoring are timed by.</param>
    /// <param name="ct">Cancels the run.</param>
    /// <exception cref="ArgumentException">The rows do not suffice or do not fit the settings, or a setting is out of range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static EvaluationResult Run(
        DetectorDescriptor descriptor, object? options, TrainingRows rows, RowSplit split, EvaluationSettings settings, TimeProvider time, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(split);
        Check(descriptor, settings, time);
        var tested = rows.Pick(split.Test);
        var run = FoldRun.Of(descriptor, options, rows.Pick(split.Fit), tested.Features, settings, settings.Seed, time, ct);
        return Measure(descriptor, settings, [run], run.ValidationScores, run.ValidationLabels, run.TestScores, tested, split.Test, ct);
    }

    /// <summary>Fits on one set and tests on another.</summary>
    /// <param name="fitRows">Shape [n, d].</param>
    /// <param name="testRows">Shape [m, d], categories coded as in <paramref name="fitRows"/>.</param>
    /// <inheritdoc cref="Run(DetectorDescriptor, object?, TrainingRows, RowSplit, EvaluationSettings, TimeProvider, CancellationToken)"/>
    public static EvaluationResult Run(
        DetectorDescriptor descriptor,
        object? options,
        TrainingRows fitRows,
        TrainingRows testRows,
        EvaluationSettings settings,
        TimeProvider time,
        CancellationToken ct)
    {
        Check(descriptor, settings, time);
        var run = FoldRun.Of(descriptor, options, fitRows, testRows.Features, settings, settings.Seed, time, ct);
        int[] all = [.. Enumerable.Range(0, testRows.RowCount)];
        return Measure(descriptor, settings, [run], run.ValidationScores, run.ValidationLabels, run.TestScores, testRows, all, ct);
    }

    /// <summary>Carries out several splits, for example those of <see cref="Splits.KFold"/> or <see cref="Splits.LeaveOneOut"/>, and measures the
    /// tested rows of all together.</summary>
    /// <remarks>Raw scores of two fits cannot be compared, so each fold's scores become -10 log10 p first, where p is the p-value among the normal
    /// validation rows of the fold (<see cref="Scoring.Calibration"/>). Pooling gives one curve over all rows, and works when a fold holds one row,
    /// where averaging the folds' own figures would not. With few validation rows p is coarse: rows tie that raw scores would tell apart. Folds
    /// run side by side.</remarks>
    /// <param name="folds">At least 1.</param>
    /// <inheritdoc cref="Run(DetectorDescriptor, object?, TrainingRows, RowSplit, EvaluationSettings, TimeProvider, CancellationToken)"/>
    public static EvaluationResult CrossValidate(
        DetectorDescriptor descriptor,
        object? options,
        TrainingRows rows,
        IReadOnlyList<RowSplit> folds,
        EvaluationSettings settings,
        TimeProvider time,
        CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(folds);
        Check(descriptor, settings, time);
        if (folds.Count == 0)
            throw new ArgumentException("There are no folds; at least 1 is needed.", nameof(folds));

        var random = new SeededRandom(settings.Seed);
        var seeds = new ulong[folds.Count];
        for (var fold = 0; fold < seeds.Length; fold++)
            seeds[fold] = random.NextUInt64();

        var runs = new FoldRun[folds.Count];
        var done = 0;
        var foldSettings = settings with { MaxThreads = 1, Progress = null };
        ParallelWork.For(
            runs.Length,
            settings.MaxThreads,
            fold =>
            {
                var test = rows.Features.Pick(folds[fold].Test);
                runs[fold] = FoldRun.Of(descriptor, options, rows.Pick(folds[fold].Fit), test, foldSettings, seeds[fold], time, ct).Calibrated();
                settings.Progress?.Report((double)Interlocked.Increment(ref done) / runs.Length);
            },
            ct);

        int[] testRows = [.. folds.SelectMany(fold => fold.Test)];
        return Measure(
            descriptor,
            settings,
            runs,
            [.. runs.SelectMany(run => run.ValidationScores)],
            [.. runs.SelectMany(run => run.ValidationLabels)],
            [.. runs.SelectMany(run => run.TestScores)],
            rows.Pick(testRows),
            testRows,
            ct);
    }

    private static void Check(DetectorDescriptor descriptor, EvaluationSettings settings, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        ArgumentNullException.ThrowIfNull(time);
        DetectorArguments.CheckOptions(settings);
    }

    private static EvaluationResult Measure(
        DetectorDescriptor descriptor,
        EvaluationSettings settings,
        FoldRun[] runs,
        float[] validationScores,
        RowLabel[] validationLabels,
        float[] testScores,
        TrainingRows tested,
        int[] testRows,
        CancellationToken ct)
    {
        var testLabels = new RowLabel[tested.RowCount];
        for (var row = 0; row < testLabels.Length; row++)
            testLabels[row] = tested.Label(row);

        float[] normals = [.. FittingRows.NormalsOrUnknown(validationLabels).Select(row => validationScores[row])];
        var rule = settings.ThresholdRule switch
        {
            ThresholdRule.Automatic => runs[0].IsFittedWithLabels ? ThresholdRule.BestF1 : ThresholdRule.NormalShare,
            var chosen => chosen,
        };
        if (!(validationLabels.Contains(RowLabel.Anomaly) && validationLabels.Contains(RowLabel.Normal)))
            rule = ThresholdRule.NormalShare;

        var threshold = rule == ThresholdRule.BestF1
            ? ThresholdChoice.ForBestF1(validationScores, validationLabels)
            : ThresholdChoice.ForNormalShare(normals, settings.NormalShare);
        var (thresholdAt1, thresholdAt5) = (ThresholdChoice.ForNormalShare(normals, LowShare), ThresholdChoice.ForNormalShare(normals, HighShare));

        var ranked = new RankedScores(testScores, testLabels);
        return new EvaluationResult
        {
            Detector = descriptor.Name,
            Seed = settings.Seed,
            Options = runs[0].Options,
            RowsFit = (int)Math.Round(runs.Average(run => run.RowsFit)),
            RowsValidation = (int)Math.Round(runs.Average(run => run.ValidationScores.Length)),
            RowsTest = ranked.Normals + ranked.Anomalies,
            Folds = runs.Length,
            RocAuc = ranked.RocAuc(),
            PrAuc = ranked.AveragePrecision(),
            BestF1 = ranked.BestF1().F1,
            Threshold = threshold,
            ThresholdRule = rule,
            Counts = ranked.At(threshold),
            ThresholdAtFpr1 = thresholdAt1,
            CountsAtFpr1 = ranked.At(thresholdAt1),
            ThresholdAtFpr5 = thresholdAt5,
            CountsAtFpr5 = ranked.At(thresholdAt5),
            FitSeconds = runs.Average(run => run.FitSeconds),
            PrepareSeconds = runs.Average(run => run.PrepareSeconds),
            ScoreMicrosecondsPerRow = testScores.Length == 0 ? double.NaN : runs.Sum(run => run.ScoreSeconds) / testScores.Length * 1e6,
            Intervals = IntervalsOf(ranked, threshold, settings, ct),
            RocCurve = ranked.RocCurve(settings.CurvePoints),
            PrecisionRecallCurve = ranked.PrecisionRecallCurve(settings.CurvePoints),
            Histogram = ScoreHistogram.Of(testScores, testLabels, settings.HistogramBins),
            Tuning = runs[0].Tuning,
            Warnings = [.. runs.SelectMany(run => run.Warnings).Concat(DifferentOptions(runs)).Distinct()],
            TestScores = testScores,
            TestRows = testRows,
        };
    }

    /// <summary>Says so when the options that are reported, those of the first fold, are not those of all.</summary>
    private static IEnumerable<string> DifferentOptions(FoldRun[] runs)
    {
        var choices = runs.Select(run => run.Tuning?.Best?.Values.OrderBy(value => value.Key, StringComparer.Ordinal).ToArray() ?? []).ToArray();
        var others = choices.Count(choice => !choice.SequenceEqual(choices[0]));
        if (others > 0)
            yield return $"The options shown are those of the first fold; {others} of the {runs.Length} folds chose others.";
    }

    private static EvaluationIntervals? IntervalsOf(RankedScores ranked, float threshold, EvaluationSettings settings, CancellationToken ct)
    {
        if (settings.BootstrapReplicates == 0 || ranked.Normals == 0 || ranked.Anomalies == 0)
            return null;

        var intervals = Bootstrap.Intervals(
            ranked,
            [
                sample => sample.RocAuc(),
                sample => sample.AveragePrecision(),
                sample => sample.At(threshold).Precision,
                sample => sample.At(threshold).Recall,
                sample => sample.At(threshold).F1,
                sample => sample.At(threshold).FalsePositiveRate,
            ],
            settings.BootstrapReplicates,
            settings.ConfidenceLevel,
            settings.Seed,
            settings.MaxThreads,
            ct);
        return new EvaluationIntervals(intervals[0], intervals[1], intervals[2], intervals[3], intervals[4], intervals[5]);
    }
}
