using AnomalyApi.Detection.Evaluation;
using Xunit;
using static AnomalyApi.Detection.RowLabel;

namespace AnomalyApi.Detection.Tests.Evaluation;

public sealed class ConfusionCountsTests
{
    [Fact]
    public void Rows_count_by_label_and_by_whether_they_reach_the_threshold()
    {
        // 2 reaches 2. The unknown row counts nowhere.
        var counts = ConfusionCounts.At(2, [1, 2, 3, 2, 1, 9], [Normal, Normal, Anomaly, Anomaly, Anomaly, Unknown]);

        Assert.Equal(new ConfusionCounts(TruePositives: 2, FalsePositives: 1, TrueNegatives: 1, FalseNegatives: 1), counts);
    }

    [Fact]
    public void Rates_follow_from_the_counts()
    {
        var counts = new ConfusionCounts(TruePositives: 6, FalsePositives: 2, TrueNegatives: 8, FalseNegatives: 4);

        Assert.Equal(6 / 8.0, counts.Precision);
        Assert.Equal(6 / 10.0, counts.Recall);
        Assert.Equal(12 / 18.0, counts.F1);
        Assert.Equal(14 / 20.0, counts.Accuracy);
        Assert.Equal(2 / 10.0, counts.FalsePositiveRate);
        Assert.Equal(4 / 10.0, counts.FalseNegativeRate);
    }

    [Fact]
    public void A_rate_over_no_rows_is_not_defined()
    {
        Assert.True(double.IsNaN(new ConfusionCounts(0, 3, 4, 0).Recall));
        Assert.True(double.IsNaN(new ConfusionCounts(0, 3, 4, 0).FalseNegativeRate));
        Assert.True(double.IsNaN(new ConfusionCounts(3, 0, 0, 4).FalsePositiveRate));
        Assert.True(double.IsNaN(default(ConfusionCounts).Accuracy));
        Assert.True(double.IsNaN(default(ConfusionCounts).F1));
        Assert.True(double.IsNaN(new ConfusionCounts(0, 0, 5, 0).Precision));
    }

    [Fact]
    public void Finding_nothing_is_not_precise() => Assert.Equal(0, new ConfusionCounts(0, 0, 5, 3).Precision);

    [Fact]
    public void As_many_labels_as_scores_are_needed() =>
        Assert.Throws<ArgumentException>(() => ConfusionCounts.At(0, [1, 2], [Normal]));
}
