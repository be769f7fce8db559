using AnomalyApi.Detection.Evaluation;
using Xunit;
using static AnomalyApi.Detection.RowLabel;

namespace AnomalyApi.Detection.Tests.Evaluation;

public sealed class RankedScoresTests
{
    // From the top: 9 A, 8 N, 7 A, 7 N, 5 A, 4 N, 4 N, 3 U, 2 N. Three anomalies, five normal rows.
    private static readonly float[] Scores = [4, 7, 9, 2, 5, 8, 7, 4, 3];
    private static readonly RowLabel[] Labels = [Normal, Anomaly, Anomaly, Normal, Anomaly, Normal, Normal, Normal, Unknown];

    private static RankedScores Ranked { get; } = new(Scores, Labels);

    [Fact]
    public void Area_counts_pairs_in_the_right_order()
    {
        // 9 beats 5 normal rows; 7 beats 3 and ties with 1; 5 beats 3.
        Assert.Equal((5 + 3.5 + 3) / 15, Ranked.RocAuc(), 12);
        Assert.Equal(Ranked.RocAuc(), Ranking.RocAuc(Scores, Labels));
    }

    [Fact]
    public void Average_precision_takes_tied_rows_together()
    {
        // Recall rises by a third at 9 (precision 1/1), at 7 (2/4: the tied normal row counts) and at 5 (3/5).
        Assert.Equal((1.0 + 2 / 4.0 + 3 / 5.0) / 3, Ranked.AveragePrecision(), 12);
        Assert.Equal(Ranked.AveragePrecision(), Ranking.PrAuc(Scores, Labels));
    }

    [Fact]
    public void With_all_scores_equal_the_areas_are_those_of_chance()
    {
        var ranked = new RankedScores([1, 1, 1, 1], [Anomaly, Normal, Normal, Normal]);

        Assert.Equal(0.5, ranked.RocAuc());
        Assert.Equal(0.25, ranked.AveragePrecision());
    }

    [Fact]
    public void Best_f1_is_that_of_the_best_threshold()
    {
        // At 9: 2/4. At 7: 4/7. At 5: 6/8. At 4: 6/10.
        Assert.Equal(new BestF1(6 / 8.0, 5), Ranked.BestF1());
    }

    [Fact]
    public void Of_equal_f1_the_highest_threshold_is_taken()
    {
        // At 5: 2/3. At 2: 4/6.
        Assert.Equal(new BestF1(2 / 3.0, 5), new RankedScores([5, 4, 3, 2], [Anomaly, Normal, Normal, Anomaly]).BestF1());
    }

    [Theory]
    [InlineData(float.PositiveInfinity, 0, 0)]
    [InlineData(9.5f, 0, 0)]
    [InlineData(9, 1, 0)]
    [InlineData(7, 2, 2)]
    [InlineData(4.5f, 3, 2)]
    [InlineData(float.NegativeInfinity, 3, 5)]
    public void Counts_at_a_threshold_are_those_of_the_rows(float threshold, int truePositives, int falsePositives)
    {
        Assert.Equal(new ConfusionCounts(truePositives, falsePositives, 5 - falsePositives, 3 - truePositives), Ranked.At(threshold));
        Assert.Equal(ConfusionCounts.At(threshold, Scores, Labels), Ranked.At(threshold));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0.5)]
    // One of the two rows that score 7 has the third place: one and a half anomalies on average.
    [InlineData(3, 1.5 / 3)]
    [InlineData(4, 2 / 4.0)]
    [InlineData(5, 3 / 5.0)]
    [InlineData(6, 3 / 6.0)]
    [InlineData(8, 3 / 8.0)]
    public void Precision_at_k_shares_the_last_place_among_tied_rows(int count, double expected) =>
        Assert.Equal(expected, Ranked.PrecisionAt(count), 12);

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void There_is_no_precision_at_more_rows_than_there_are(int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Ranked.PrecisionAt(count));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.2, 1)]
    [InlineData(0.39, 1)]
    [InlineData(0.4, 3)]
    [InlineData(1, 3)]
    public void Recall_at_a_rate_never_flags_more_normal_rows_than_allowed(double rate, int found) =>
        Assert.Equal(found / 3.0, Ranked.RecallAt(rate), 12);

    [Fact]
    public void The_roc_curve_has_a_point_for_each_distinct_score()
    {
        Assert.Equal(
            [
                (0, 0, float.PositiveInfinity), (0, 1 / 3.0, 9), (1 / 5.0, 1 / 3.0, 8), (2 / 5.0, 2 / 3.0, 7), (2 / 5.0, 1, 5), (4 / 5.0, 1, 4), (1, 1, 2),
            ],
            Ranked.RocCurve().Select(point => (point.X, point.Y, point.Threshold)));
    }

    [Fact]
    public void The_precision_recall_curve_has_a_point_for_each_distinct_score()
    {
        Assert.Equal(
            [(1 / 3.0, 1, 9), (1 / 3.0, 1 / 2.0, 8), (2 / 3.0, 2 / 4.0, 7), (1, 3 / 5.0, 5), (1, 3 / 7.0, 4), (1, 3 / 8.0, 2)],
            Ranked.PrecisionRecallCurve().Select(point => (point.X, point.Y, point.Threshold)));
    }

    [Fact]
    public void A_thinned_curve_keeps_its_ends_and_its_shape()
    {
        var random = new Random(1);
        var labels = Enumerable.Range(0, 20_000).Select(_ => random.Next(2) == 0 ? Normal : Anomaly).ToArray();
        var scores = labels.Select(label => (float)(random.NextDouble() + (label == Anomaly ? 0.4 : 0))).ToArray();
        var ranked = new RankedScores(scores, labels);

        var curve = ranked.RocCurve(200);

        Assert.InRange(curve.Count, 190, 200);
        Assert.Equal((0, 0), (curve[0].X, curve[0].Y));
        Assert.Equal((1, 1), (curve[^1].X, curve[^1].Y));
        var area = curve.Zip(curve.Skip(1), (left, right) => (right.X - left.X) * (left.Y + right.Y) / 2).Sum();
        Assert.Equal(ranked.RocAuc(), area, 3);
    }

    [Fact]
    public void Without_one_of_the_labels_measures_are_not_defined()
    {
        var normal = new RankedScores([1, 2], [Normal, Normal]);

        Assert.True(double.IsNaN(normal.RocAuc()));
        Assert.True(double.IsNaN(normal.AveragePrecision()));
        Assert.True(double.IsNaN(normal.BestF1().F1));
        Assert.True(double.IsNaN(normal.RecallAt(0.5)));
        Assert.Empty(normal.RocCurve());
        Assert.Empty(normal.PrecisionRecallCurve());
        Assert.True(double.IsNaN(new RankedScores([], []).RocAuc()));
        Assert.True(double.IsNaN(new RankedScores([1], [Anomaly]).RecallAt(0.5)));
    }

    [Fact]
    public void A_score_that_is_no_number_is_refused() =>
        Assert.Throws<ArgumentException>(() => new RankedScores([1, float.NaN], [Normal, Anomaly]));
}
