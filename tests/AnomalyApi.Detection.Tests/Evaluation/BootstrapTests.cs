using AnomalyApi.Detection.Evaluation;
using Xunit;
using static AnomalyApi.Detection.RowLabel;

namespace AnomalyApi.Detection.Tests.Evaluation;

public sealed class BootstrapTests
{
    [Fact]
    public void A_rate_varies_as_the_binomial_distribution_has_it()
    {
        // 400 anomalies of which 300 are found: standard deviation sqrt(0.75 * 0.25 / 400) = 0.02165, 95 % within 1.96 of those.
        var scores = Enumerable.Range(0, 1000).Select(i => i < 300 ? 1f : 0).ToArray();
        var labels = Enumerable.Range(0, 1000).Select(i => i < 400 ? Anomaly : Normal).ToArray();

        var interval = Intervals(new RankedScores(scores, labels), sample => sample.At(1).Recall, replicates: 4000);

        Assert.Equal(0.75 - 0.0424, interval.Low, 0.004);
        Assert.Equal(0.75 + 0.0424, interval.High, 0.004);
    }

    [Fact]
    public void Every_sample_has_as_many_rows_of_each_label()
    {
        var ranked = Some(200);

        Bootstrap.Intervals(ranked, [Check], 50, 0.95, 1, 1, default);

        double Check(RankedScores sample)
        {
            Assert.Equal((ranked.Anomalies, ranked.Normals), (sample.Anomalies, sample.Normals));
            return 0;
        }
    }

    [Fact]
    public void The_interval_of_an_area_holds_the_area()
    {
        var ranked = Some(500);

        var interval = Intervals(ranked, sample => sample.RocAuc());

        Assert.InRange(ranked.RocAuc(), interval.Low, interval.High);
        Assert.InRange(interval.High - interval.Low, 0.03, 0.15);
    }

    [Fact]
    public void Threads_change_nothing_and_the_seed_does()
    {
        var ranked = Some(300);
        ConfidenceInterval With(int threads, ulong seed) => Bootstrap.Intervals(ranked, [sample => sample.AveragePrecision()], 200, 0.9, seed, threads, default)[0];

        Assert.Equal(With(1, 5), With(4, 5));
        Assert.NotEqual(With(1, 5), With(1, 6));
    }

    [Fact]
    public void What_is_not_defined_has_no_interval()
    {
        var interval = Intervals(new RankedScores([1, 2], [Normal, Normal]), sample => sample.RocAuc());

        Assert.True(double.IsNaN(interval.Low) && double.IsNaN(interval.High));
    }

    [Fact]
    public void A_cancelled_run_stops() =>
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Bootstrap.Intervals(Some(10), [sample => 0], 10, 0.95, 0, 1, new CancellationToken(canceled: true)));

    private static ConfidenceInterval Intervals(RankedScores ranked, Func<RankedScores, double> measure, int replicates = 1000) =>
        Bootstrap.Intervals(ranked, [measure], replicates, 0.95, 3, 2, default)[0];

    private static RankedScores Some(int count)
    {
        var random = new Random(1);
        var labels = Enumerable.Range(0, count).Select(i => i % 4 == 0 ? Anomaly : Normal).ToArray();
        return new RankedScores([.. labels.Select(label => (float)(random.NextDouble() + (label == Anomaly ? 0.3 : 0)))], labels);
    }
}
