using System.Globalization;
using AnomalyApi.Detection.Scoring;
using AnomalyApi.Detection.Tuning;

namespace AnomalyApi.Detection.Evaluation;

/// <summary>One split carried out: prepared, tuned when wanted, fitted and scored. It is given the values of the tested rows and never their
/// labels, so no choice can depend on them.</summary>
internal sealed record FoldRun
{
    // Rows prepared at a time when scoring, so that a set of millions needs no second copy and a run can be cancelled.
    private const int BlockRows = BlockScoring.BlockRows;

    public required object Options { get; init; }

    public required int RowsFit { get; init; }

    public required bool IsFittedWithLabels { get; init; }

    public required float[] ValidationScores { get; init; }

    public required RowLabel[] ValidationLabels { get; init; }

    public required float[] TestScores { get; init; }

    public required double FitSeconds { get; init; }

    public required double PrepareSeconds { get; init; }

    public required double ScoreSeconds { get; init; }

    public required TuningResult? Tuning { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    public static FoldRun Of(
        DetectorDescriptor descriptor,
        object? options,
        TrainingRows fitRows,
        FeatureMatrix testRows,
        EvaluationSettings settings,
        ulong seed,
        TimeProvider time,
        CancellationToken ct)
    {
        var rows = FittingRows.Of(descriptor, fitRows, settings, seed, time, ct);
        var warnings = new List<string>();
        TuningResult? tuning = null;
        if (settings.Tuning is not null)
        {
            tuning = Tuner.Run(descriptor, options, rows, settings.Tuning, settings, seed, time, ct);
            options = tuning.Best?.Options ?? options;
            if (tuning.Best is null)
                warnings.Add($"No options could be chosen: all {tuning.Trials.Count} trials failed. {tuning.Trials[0].Failure}");
        }

        options ??= Activator.CreateInstance(descriptor.OptionsType)!;
        var detector = DetectorOf(descriptor, options, settings);
        var start = time.GetTimestamp();
        var model = detector.Fit(rows.Fit, new FitSettings(seed, settings.MaxThreads, settings.Progress), ct);
        var fitSeconds = time.GetElapsedTime(start).TotalSeconds;

        var validationScores = new float[rows.Validation.RowCount];
        model.Score(rows.Validation, validationScores, ct);
        AddWarnings(warnings, descriptor, rows, validationScores, seed, ct);
        var testScores = new float[testRows.RowCount];
        double scoreSeconds = 0;
        for (var first = 0; first < testRows.RowCount; first += BlockRows)
        {
            ct.ThrowIfCancellationRequested();
            var count = Math.Min(BlockRows, testRows.RowCount - first);
            var width = rows.Preparation.OutputCount;
            var prepared = new FeatureMatrix(new float[count * width], count, width);
            rows.Preparation.Apply(testRows, first, prepared);
            start = time.GetTimestamp();
            model.Score(prepared, testScores.AsSpan(first, count));
            scoreSeconds += time.GetElapsedTime(start).TotalSeconds;
        }

        return new FoldRun
        {
            Options = options,
            RowsFit = rows.Fit.RowCount,
            IsFittedWithLabels = descriptor.Labels != LabelUse.Ignored && rows.Fit.HasBothLabels,
            ValidationScores = validationScores,
            ValidationLabels = rows.ValidationLabels,
            TestScores = testScores,
            FitSeconds = fitSeconds,
            PrepareSeconds = rows.PrepareSeconds,
            ScoreSeconds = scoreSeconds,
            Tuning = tuning,
            Warnings = warnings,
        };
    }

    /// <summary>The detector with the trimming that was asked for.</summary>
    public static IDetector DetectorOf(DetectorDescriptor descriptor, object? options, EvaluationSettings settings)
    {
        var detector = descriptor.Create(options);
        return settings.TrimShare > 0 && descriptor.Labels != LabelUse.Needed ? new TrimmedDetector(detector, settings.TrimShare) : detector;
    }

    /// <summary>Whether the detector learned the attacks as normal: seen on fitting and validation rows only.</summary>
    private static void AddWarnings(
        List<string> warnings, DetectorDescriptor descriptor, FittingRows rows, float[] validationScores, ulong seed, CancellationToken ct)
    {
        if (descriptor.Labels == LabelUse.Needed || rows.Fit.HasBothLabels)
            return;

        warnings.AddRange(FitWarnings.Of(new TrainingRows(rows.Fit.Features, rows.FitLabels), seed, ct));
        var area = Ranking.RocAuc(validationScores, rows.ValidationLabels);
        if (area < 0.5)
        {
            warnings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"The scores are inverted: on the validation rows normal ones score above anomalies more often than below (ROC-AUC {area:F2})."));
        }
    }

    /// <summary>The same run with scores that can be compared between folds: -10 log10 of the p-value among the fold's normal validation
    /// rows.</summary>
    public FoldRun Calibrated()
    {
        float[] normals = [.. FittingRows.NormalsOrUnknown(ValidationLabels).Select(row => ValidationScores[row])];
        var calibration = Calibration.Fit(normals);
        float Calibrate(float raw) => (float)(-10 * Math.Log10(calibration.PValue(raw)));
        return this with
        {
            ValidationScores = Array.ConvertAll(ValidationScores, Calibrate),
            TestScores = Array.ConvertAll(TestScores, Calibrate),
        };
    }
}
