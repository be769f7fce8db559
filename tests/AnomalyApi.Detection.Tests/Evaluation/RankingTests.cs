using AnomalyApi.Detection.Evaluation;
using Xunit;
using static AnomalyApi.Detection.RowLabel;

namespace AnomalyApi.Detection.Tests.Evaluation;

public sealed class RankingTests
{
    [Fact]
    public void Area_is_the_share_of_pairs_in_the_right_order_and_a_tie_counts_half()
    {
        // Pairs anomaly over normal: 4>1, 4>2, 4>3, 2>1, 2=2, 2<3.
        Assert.Equal(4.5 / 6, Ranking.RocAuc([1, 4, 2, 3, 2], [Normal, Anomaly, Anomaly, Normal, Normal]));
    }

    [Fact]
    public void Rows_of_unknown_label_do_not_count() =>
        Assert.Equal(1, Ranking.RocAuc([1, 9, 2], [Normal, Unknown, Anomaly]));

    [Fact]
    public void Without_one_of_the_labels_there_is_no_area() => Assert.True(double.IsNaN(Ranking.RocAuc([1, 2], [Normal, Normal])));

    [Fact]
    public void As_many_labels_as_scores_are_needed() =>
        Assert.Throws<ArgumentException>(() => Ranking.RocAuc([1, 2], [Normal]));
}
