using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Evaluation;
using AnomalyApi.Detection.Tuning;
using AnomalyApi.Testing;
using Xunit;
using static AnomalyApi.Detection.RowLabel;

namespace AnomalyApi.Detection.Tests.Tuning;

public sealed class TunerTests
{
    private static readonly DetectorDescriptor Forest = DetectorCatalog.Get("isolation-forest");

    [Fact]
    public void Fewer_and_fewer_options_are_fitted_on_more_and_more_rows()
    {
        // 4,000 normal rows of which 3,200 are fitted: a ninth is 355.6 rows. 18 options, then 6, then 2.
        var result = Tune(new TuningSettings { Trials = 18 });

        Assert.Equal([(1 / 9.0, 18), (1 / 3.0, 6), (1, 2)], result.Trials.GroupBy(trial => trial.Budget).Select(round => (round.Key, round.Count())));
        Assert.Equal(new IsolationForestOptions(), result.Trials[0].Options);
        Assert.Equal([356, 1067, 3200], result.Trials.Select(trial => trial.RowsFit).Distinct());
        var kept = result.Trials.Where(trial => trial.Budget == 1).Select(trial => trial.Configuration);
        var best = result.Trials.Where(trial => trial.Budget is > 0.2 and < 1).OrderByDescending(trial => trial.Score).Take(2).Select(trial => trial.Configuration);
        Assert.Equal(best.Order(), kept);
        Assert.Equal(1, result.Best!.Budget);
        Assert.All(result.Trials, trial => Assert.InRange(trial.Score, 0.5, 1));
    }

    [Fact]
    public void The_best_has_the_best_score_of_all_that_saw_all_rows()
    {
        var result = Tune(new TuningSettings { Trials = 5, MinBudget = 1, Metric = TuningMetric.PrAuc });

        Assert.Equal(5, result.Trials.Count);
        Assert.Equal(result.Trials.Max(trial => trial.Score), result.Best!.Score);
        Assert.Equal(TuningMetric.PrAuc, result.Metric);
    }

    [Fact]
    public void Threads_change_nothing()
    {
        var (one, four) = (Tune(new TuningSettings { Trials = 9 }), Tune(new TuningSettings { Trials = 9 }, threads: 4));

        Assert.Equal(
            one.Trials.Select(trial => (trial.Configuration, trial.Options, trial.Budget, trial.Score)),
            four.Trials.Select(trial => (trial.Configuration, trial.Options, trial.Budget, trial.Score)));
        Assert.Equal(one.Best!.Configuration, four.Best!.Configuration);
    }

    [Fact]
    public void A_small_grid_is_tried_whole()
    {
        var space = SearchSpace.Of(Forest).Only("Trees").WithChoices("Trees", 10, 20, 100).WithRange("SampleSize", 16, 64);
        var result = Tune(new TuningSettings { Search = SearchMethod.Grid, GridSteps = 2, Trials = 50, MinBudget = 1, Space = space });

        // The defaults, and 3 x 2 points.
        Assert.Equal(
            [(100, 256), (10, 16), (10, 64), (20, 16), (20, 64), (100, 16), (100, 64)],
            result.Trials.Select(trial => (IsolationForestOptions)trial.Options).Select(options => (options.Trees, options.SampleSize)));
    }

    [Fact]
    public void Enumerations_are_searched_like_numbers()
    {
        var pca = DetectorCatalog.Get("pca");
        var result = Tuner.Run(
            pca, null, Rows(), new TuningSettings { MinBudget = 1, Space = SearchSpace.Of(pca).Only("Score") }, new EvaluationSettings(), TimeProvider.System, default);

        Assert.Equal([PcaScore.Whitened, PcaScore.Reconstruction], result.Trials.Select(trial => ((PcaOptions)trial.Options).Score));
    }

    [Fact]
    public void Of_a_large_grid_as_many_points_are_drawn_as_may_be_tried()
    {
        var result = Tune(new TuningSettings { Search = SearchMethod.Grid, GridSteps = 10, Trials = 7, MinBudget = 1 });

        Assert.Equal(7, result.Trials.Select(trial => trial.Options).Distinct().Count());
    }

    [Fact]
    public void A_failed_trial_says_why_and_the_search_goes_on()
    {
        var space = SearchSpace.Of(Forest).Only("Trees").WithChoices("Trees", 10, 13);
        var picky = Forest with { Create = options => ((IsolationForestOptions)options!).Trees == 13 ? throw new ArgumentException("Not 13.") : Forest.Create(options) };
        var rows = Rows();

        var result = Tuner.Run(picky, null, rows, new TuningSettings { Space = space, MinBudget = 1 }, new EvaluationSettings(), TimeProvider.System, default);

        var failed = Assert.Single(result.Trials, trial => trial.Failure is not null);
        Assert.Equal("Not 13.", failed.Failure);
        Assert.True(double.IsNaN(failed.Score));
        Assert.NotNull(result.Best);
    }

    [Fact]
    public void Without_labels_it_says_that_it_cannot_choose()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            Tuner.Run(Forest, null, Some.NormalMatrix(100, 2), new TuningSettings(), new EvaluationSettings(), TimeProvider.System, default));

        Assert.Contains("Options cannot be chosen", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_search_stops() =>
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Tuner.Run(Forest, null, Rows(), new TuningSettings(), new EvaluationSettings(), TimeProvider.System, new CancellationToken(canceled: true)));

    [Fact]
    public void Progress_ends_at_one()
    {
        var last = 0.0;
        Tune(new TuningSettings { Trials = 9 }, progress: new Watcher(value => last = value));

        Assert.Equal(1, last, 12);
    }

    private static TuningResult Tune(TuningSettings tuning, int threads = 1, IProgress<double>? progress = null) =>
        Tuner.Run(Forest, null, Rows(), tuning, new EvaluationSettings { MaxThreads = threads, Progress = progress }, TimeProvider.System, default);

    /// <summary>4,000 normal rows and 400 of the same kind, a little wider.</summary>
    private static TrainingRows Rows()
    {
        var rows = Some.NormalMatrix(4400, 3);
        foreach (ref var value in rows.AsSpan()[(4000 * 3)..])
            value *= 2;

        return new TrainingRows(rows, Enumerable.Range(0, 4400).Select(row => row < 4000 ? Normal : Anomaly).ToArray());
    }

    private sealed class Watcher(Action<double> onReport) : IProgress<double>
    {
        public void Report(double value) => onReport(value);
    }
}
