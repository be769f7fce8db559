using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Evaluation;
using AnomalyApi.Detection.Tuning;
using AnomalyApi.Testing;
using Xunit;
using static AnomalyApi.Detection.RowLabel;

namespace AnomalyApi.Detection.Tests.Evaluation;

public sealed class DetectorEvaluationTests
{
    private static readonly DetectorDescriptor Forest = DetectorCatalog.Get("isolation-forest");

    [Fact]
    public void A_fifth_of_the_fitting_rows_is_for_validation_and_only_normal_rows_are_fitted()
    {
        // 800 normal and 200 anomalous rows; 70 % fit: 560 + 140; of those 80 % of the normal ones are fitted.
        var rows = Planted(1000);
        var result = Run(rows, Splits.HoldOut(Labels(rows), 0.3, 1), new EvaluationSettings { Seed = 7 });

        Assert.Equal(("isolation-forest", 7ul, 448, 140, 300), (result.Detector, result.Seed, result.RowsFit, result.RowsValidation, result.RowsTest));
        Assert.Equal(ThresholdRule.NormalShare, result.ThresholdRule);
        Assert.InRange(result.RocAuc, 0.95, 1);
        Assert.InRange(result.Recall, 0.6, 1);
        Assert.Equal(result.Threshold, result.ThresholdAtFpr5);
        Assert.True(result.ThresholdAtFpr1 > result.ThresholdAtFpr5);
        Assert.Equal(result.Counts, result.CountsAtFpr5);
        Assert.Equal(300, result.TestScores.Length);
        Assert.Equal(300, result.Histogram.Normals.Sum() + result.Histogram.Anomalies.Sum());
        Assert.InRange(result.RocAuc, result.Intervals!.RocAuc.Low, result.Intervals.RocAuc.High);
        Assert.NotEmpty(result.RocCurve);
        Assert.NotEmpty(result.PrecisionRecallCurve);
    }

    [Fact]
    public void Fitting_on_all_takes_the_anomalies_too()
    {
        var rows = Planted(1000);

        Assert.Equal(560, Run(rows, Splits.HoldOut(Labels(rows), 0.3, 1), new EvaluationSettings { FitOn = FitOn.All }).RowsFit);
    }

    [Fact]
    public void Tested_rows_change_no_choice()
    {
        var rows = Planted(1000);
        var split = Splits.HoldOut(Labels(rows), 0.3, 1);
        var others = new TrainingRows(rows.Features.Pick([.. Enumerable.Range(0, 1000)]), Labels(rows));
        var flipped = Labels(rows);
        foreach (var row in split.Test)
        {
            others.Features.Row(row).Fill(1000 + row);
            flipped[row] = flipped[row] == Normal ? Anomaly : Normal;
        }

        others = new TrainingRows(others.Features, flipped);
        var settings = new EvaluationSettings { Tuning = new TuningSettings { Trials = 4 }, TrimShare = 0.05 };
        var (before, after) = (Run(rows, split, settings), Run(others, split, settings));

        Assert.Equal(before.Options, after.Options);
        Assert.Equal((before.Threshold, before.ThresholdAtFpr1, before.ThresholdAtFpr5), (after.Threshold, after.ThresholdAtFpr1, after.ThresholdAtFpr5));
        Assert.Equal(before.Tuning!.Trials.Select(trial => trial.Score), after.Tuning!.Trials.Select(trial => trial.Score));
        Assert.NotEqual(before.RocAuc, after.RocAuc);
    }

    [Fact]
    public void Fitting_on_attacks_for_the_most_part_is_warned_of()
    {
        // What is labelled anomalous is narrow and common, what is labelled normal is wide and rare.
        var planted = Planted(1000);
        var flipped = new TrainingRows(planted.Features, Labels(planted).Select(label => label == Normal ? Anomaly : Normal).ToArray());
        var split = Splits.HoldOut(Labels(flipped), 0.3, 1);

        Assert.Empty(Run(planted, Splits.HoldOut(Labels(planted), 0.3, 1), new EvaluationSettings()).Warnings);
        var warnings = Run(flipped, split, new EvaluationSettings { FitOn = FitOn.All }).Warnings;
        Assert.Contains(warnings, warning => warning.StartsWith("80 % of the labelled fitting rows are anomalous", StringComparison.Ordinal));
        Assert.Contains(warnings, warning => warning.StartsWith("The scores are inverted", StringComparison.Ordinal));
    }

    [Fact]
    public void Folds_that_chose_other_options_than_the_first_are_counted()
    {
        var rows = Planted(400);
        var settings = new EvaluationSettings { Tuning = new TuningSettings { Trials = 6 } };
        var folds = Splits.KFold(Labels(rows), 4, 1);
        EvaluationResult Of(EvaluationSettings how) => DetectorEvaluation.CrossValidate(Forest, null, rows, folds, how, TimeProvider.System, default);

        Assert.Contains(Of(settings).Warnings, warning => warning.StartsWith("The options shown are those of the first fold; ", StringComparison.Ordinal));
        Assert.Empty(Of(settings with { Tuning = new TuningSettings { Trials = 1 } }).Warnings);
    }

    [Fact]
    public void A_fold_that_is_refused_is_refused_by_type()
    {
        var rows = Planted(100);
        var noAnomalies = Array.FindAll([.. Enumerable.Range(0, 100)], row => rows.Label(row) == Normal);
        RowSplit[] folds = [new(noAnomalies[..40], noAnomalies[40..]), new(noAnomalies[40..], noAnomalies[..40])];

        Assert.Throws<ArgumentException>(() => DetectorEvaluation.CrossValidate(
            DetectorCatalog.Get("random-forest"), null, rows, folds, new EvaluationSettings { MaxThreads = 2 }, TimeProvider.System, default));
    }

    [Fact]
    public void Threads_change_nothing()
    {
        var rows = Planted(600);
        var folds = Splits.KFold(Labels(rows), 4, 1);
        EvaluationResult With(int threads) => DetectorEvaluation.CrossValidate(
            Forest, null, rows, folds, new EvaluationSettings { MaxThreads = threads }, TimeProvider.System, default);

        var (one, four) = (With(1), With(4));

        Assert.Equal(one.TestScores, four.TestScores);
        Assert.Equal(one.Intervals, four.Intervals);
        Assert.Equal(one.Threshold, four.Threshold);
    }

    [Fact]
    public void Folds_are_pooled_by_p_values()
    {
        var rows = Planted(1000);

        var result = DetectorEvaluation.CrossValidate(
            Forest, null, rows, Splits.KFold(Labels(rows), 5, 1), new EvaluationSettings(), TimeProvider.System, default);

        Assert.Equal((5, 1000, 512, 160), (result.Folds, result.RowsTest, result.RowsFit, result.RowsValidation));
        Assert.Equal(Enumerable.Range(0, 1000), result.TestRows.Order());
        Assert.InRange(result.RocAuc, 0.95, 1);

        // Of 128 normal validation rows of a fold 6 may pass: p-values are whole multiples of 1 / 129, and -10 log10 of 7 / 129 is 12.65, of
        // 8 / 129 12.07. All folds tie there, and the threshold stands between.
        Assert.Equal((12.07 + 12.65) / 2, result.ThresholdAtFpr5, 0.01);
        Assert.Equal(0.05, result.FprAt5, 0.03);
    }

    [Fact]
    public void Leaving_one_out_measures_what_averages_of_single_rows_could_not()
    {
        var rows = Planted(60);

        var result = DetectorEvaluation.CrossValidate(
            Forest, new IsolationForestOptions { Trees = 20 }, rows, Splits.LeaveOneOut(60), new EvaluationSettings(), TimeProvider.System, default);

        Assert.Equal((60, 60), (result.Folds, result.RowsTest));
        Assert.InRange(result.RocAuc, 0.8, 1);
    }

    [Fact]
    public void A_file_to_test_on_is_another_set()
    {
        var result = DetectorEvaluation.Run(
            Forest, null, Planted(500), Planted(300, seed: 2), new EvaluationSettings { BootstrapReplicates = 0 }, TimeProvider.System, default);

        Assert.Equal((320, 300), (result.RowsFit, result.RowsTest));
        Assert.Null(result.Intervals);
    }

    [Fact]
    public void Time_is_the_callers()
    {
        // Every look at the clock finds it one second later.
        var result = DetectorEvaluation.Run(
            Forest, null, Planted(500), Planted(300, seed: 2), new EvaluationSettings(), new SteppingClock(), default);

        Assert.Equal((1, 1, 1e6 / 300), (result.FitSeconds, result.PrepareSeconds, result.ScoreMicrosecondsPerRow));
    }

    [Fact]
    public void Rows_that_do_not_suffice_are_refused_with_their_count()
    {
        var rows = new TrainingRows(Some.NormalMatrix(10, 2), Enumerable.Repeat(Anomaly, 10).ToArray());

        var error = Assert.Throws<ArgumentException>(() => DetectorEvaluation.Run(Forest, null, rows, rows, new EvaluationSettings(), TimeProvider.System, default));

        Assert.Contains("0 are labelled normal", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_run_stops() =>
        Assert.ThrowsAny<OperationCanceledException>(() => DetectorEvaluation.Run(
            Forest, null, Planted(500), Planted(300), new EvaluationSettings(), TimeProvider.System, new CancellationToken(canceled: true)));

    private static EvaluationResult Run(TrainingRows rows, RowSplit split, EvaluationSettings settings) =>
        DetectorEvaluation.Run(Forest, null, rows, split, settings, TimeProvider.System, default);

    /// <summary>Every fifth row is an anomaly and six times as wide.</summary>
    private static TrainingRows Planted(int count, int seed = 1)
    {
        var rows = Some.NormalMatrix(count, 4, seed);
        for (var row = 0; row < count; row += 5)
        {
            foreach (ref var value in rows.Row(row))
                value *= 6;
        }

        return new TrainingRows(rows, Enumerable.Range(0, count).Select(row => row % 5 == 0 ? Anomaly : Normal).ToArray());
    }

    private static RowLabel[] Labels(TrainingRows rows) => [.. Enumerable.Range(0, rows.RowCount).Select(rows.Label)];

    private sealed class SteppingClock : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _seconds++;
    }
}
