using AnomalyApi.Detection.Evaluation;
using Xunit;
using static AnomalyApi.Detection.RowLabel;

namespace AnomalyApi.Detection.Tests.Evaluation;

public sealed class ThresholdChoiceTests
{
    [Fact]
    public void The_share_of_normal_rows_is_let_through_and_the_threshold_stands_in_the_gap()
    {
        var scores = Enumerable.Range(1, 100).Select(i => (float)i).Reverse().ToArray();

        Assert.Equal(95.5f, ThresholdChoice.ForNormalShare(scores, 0.05));
        Assert.Equal(99.5f, ThresholdChoice.ForNormalShare(scores, 0.01));
        Assert.Equal(99.5f, ThresholdChoice.ForNormalShare(scores, 0.0199));
    }

    [Fact]
    public void A_share_smaller_than_one_row_lets_none_through() =>
        Assert.Equal(MathF.BitIncrement(3), ThresholdChoice.ForNormalShare([1, 3, 2], 0.05));

    [Fact]
    public void Tied_rows_pass_together_or_not_at_all()
    {
        // Two of ten may pass; the four rows that score 5 would be too many, one above them is not.
        Assert.Equal(7, ThresholdChoice.ForNormalShare([1, 1, 1, 1, 1, 5, 5, 5, 5, 9], 0.2));
        Assert.Equal(MathF.BitIncrement(5), ThresholdChoice.ForNormalShare([1, 1, 1, 1, 1, 1, 5, 5, 5, 5], 0.2));
    }

    [Fact]
    public void A_share_of_one_lets_all_through() => Assert.Equal(1, ThresholdChoice.ForNormalShare([3, 1, 2], 1));

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_share_is_between_0_and_1(double share) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ThresholdChoice.ForNormalShare([1], share));

    [Fact]
    public void Without_normal_rows_there_is_no_threshold() => Assert.Throws<ArgumentException>(() => ThresholdChoice.ForNormalShare([], 0.05));

    [Fact]
    public void The_best_f1_is_reached_halfway_to_the_next_score_below()
    {
        // Best at 6: two of two found, one false.
        Assert.Equal(4, ThresholdChoice.ForBestF1([9, 7, 6, 2, 1], [Anomaly, Normal, Anomaly, Normal, Normal]));
        Assert.Equal(1, ThresholdChoice.ForBestF1([1, 2], [Anomaly, Anomaly]));
    }

    [Fact]
    public void Neighbouring_numbers_have_nothing_between_them()
    {
        var above = MathF.BitIncrement(1);

        Assert.Equal(above, ThresholdChoice.ForNormalShare([1, above], 0.5));
        Assert.Equal(above, ThresholdChoice.ForBestF1([1, above], [Normal, Anomaly]));
    }

    [Fact]
    public void Without_anomalies_there_is_no_f1() => Assert.Throws<ArgumentException>(() => ThresholdChoice.ForBestF1([1], [Normal]));
}
