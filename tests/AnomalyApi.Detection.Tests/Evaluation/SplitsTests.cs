using AnomalyApi.Detection.Evaluation;
using AnomalyApi.Testing;
using Xunit;
using static AnomalyApi.Detection.RowLabel;

namespace AnomalyApi.Detection.Tests.Evaluation;

public sealed class SplitsTests
{
    // 66 normal, 27 anomalous and 7 unknown rows.
    private static readonly RowLabel[] Labels =
        [.. Enumerable.Range(0, 100).Select(row => row % 10 == 9 && row < 70 ? Unknown : row % 4 == 0 || row is 1 or 2 ? Anomaly : Normal)];

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.01)]
    [InlineData(0.99)]
    public void A_hold_out_takes_its_share_of_every_label(double share)
    {
        var split = Splits.HoldOut(Labels, share, seed: 3);

        AssertDivides(100, split);
        foreach (var label in Enum.GetValues<RowLabel>())
        {
            var rows = Labels.Count(known => known == label);
            var tested = split.Test.Count(row => Labels[row] == label);
            Assert.InRange(tested, 1, rows - 1);
            Assert.InRange(tested, rows * share - 1, rows * share + 1);
        }
    }

    [Fact]
    public void A_single_row_of_a_label_is_fitted_on() =>
        Assert.Equal([4], Splits.HoldOut([Normal, Normal, Normal, Normal, Anomaly], 0.5, 1).Fit.Where(row => row == 4));

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(100)]
    public void Folds_are_disjoint_cover_all_rows_and_are_stratified_within_one_row(int folds)
    {
        var splits = Splits.KFold(Labels, folds, seed: 3);

        Assert.Equal(folds, splits.Count);
        Assert.All(splits, split => AssertDivides(100, split));
        Assert.Equal(Enumerable.Range(0, 100), splits.SelectMany(split => split.Test).Order());
        AssertEvenWithinOne(splits.Select(split => split.Test.Length));
        foreach (var label in Enum.GetValues<RowLabel>())
            AssertEvenWithinOne(splits.Select(split => split.Test.Count(row => Labels[row] == label)));
    }

    [Fact]
    public void Leaving_one_out_tests_each_row_alone()
    {
        var splits = Splits.LeaveOneOut(4);

        Assert.Equal([[0], [1], [2], [3]], splits.Select(split => split.Test));
        Assert.All(splits, split => AssertDivides(4, split));
    }

    [Fact]
    public void Leaving_each_of_very_many_rows_out_is_refused_with_a_way_out()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Splits.LeaveOneOut(Splits.MaxLeaveOneOutRows + 1));

        Assert.Contains("takes as many fits", error.Message, StringComparison.Ordinal);
        Assert.Contains("Use k folds", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_tested_row_is_earlier_than_a_fitted_one()
    {
        long[] times = [5, 3, 9, 9, 1, 7, 2, 8, 4, 6];

        var split = Splits.ByTime(times, 0.3);

        AssertDivides(10, split);
        Assert.Equal([2, 3, 7], split.Test);
        Assert.True(split.Fit.Max(row => times[row]) < split.Test.Min(row => times[row]));
    }

    [Fact]
    public void Rows_of_the_same_time_stay_on_one_side()
    {
        Assert.Equal([4], Splits.ByTime([1, 2, 2, 2, 3], 0.4).Test);
        Assert.Equal([2, 3], Splits.ByTime([1, 1, 2, 2], 0.25).Test);
        Assert.Throws<ArgumentException>(() => Splits.ByTime([5, 5, 5], 0.5));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.3)]
    [InlineData(0.7)]
    public void No_group_is_on_both_sides(double share)
    {
        var random = new Random(4);
        var groups = Enumerable.Range(0, 1000).Select(_ => random.Next(40)).ToArray();

        var split = Splits.ByGroup(groups, share, seed: 9);

        AssertDivides(1000, split);
        Assert.Empty(split.Fit.Select(row => groups[row]).Intersect(split.Test.Select(row => groups[row])));

        // The closest that whole groups of about 25 rows come.
        Assert.InRange(split.Test.Length, 1000 * share - 25, 1000 * share + 25);
    }

    [Fact]
    public void Two_groups_make_two_sides_and_one_does_not()
    {
        Assert.Equal([[0, 1, 2, 4], [3]], Sides(Splits.ByGroup([7, 7, 7, 2, 7], 0.1, 1)));
        Assert.Throws<ArgumentException>(() => Splits.ByGroup([7, 7], 0.5, 1));
    }

    [Fact]
    public void One_class_fits_on_half_of_the_normal_rows_only()
    {
        var split = Splits.OneClass(Labels, seed: 2);

        Assert.Equal(33, split.Fit.Length);
        Assert.All(split.Fit, row => Assert.Equal(Normal, Labels[row]));
        Assert.Equal(Enumerable.Range(0, 100).Where(row => Labels[row] != Unknown), split.Fit.Concat(split.Test).Order());
        Assert.Throws<ArgumentException>(() => Splits.OneClass([Normal, Anomaly], 1));
    }

    [Fact]
    public void Equal_rows_are_on_the_same_side_wherever_they_stand()
    {
        var distinct = Some.NormalMatrix(500, 3);
        var rows = distinct.Pick([.. Enumerable.Range(0, 1500).Select(row => row * 7 % 500)]);

        var split = Splits.ByContent(rows, 0.4, seed: 1);

        AssertDivides(1500, split);
        Assert.Empty(split.Fit.Select(row => row * 7 % 500).Intersect(split.Test.Select(row => row * 7 % 500)));
        Assert.InRange(split.Test.Length / 1500.0, 0.3, 0.5);
    }

    [Fact]
    public void Marks_made_elsewhere_are_followed() => Assert.Equal([[0, 3], [1, 2]], Sides(Splits.ByBits([false, true, true, false])));

    [Fact]
    public void The_seed_alone_decides()
    {
        Assert.Equal(Splits.HoldOut(Labels, 0.3, 5).Test, Splits.HoldOut(Labels, 0.3, 5).Test);
        Assert.NotEqual(Splits.HoldOut(Labels, 0.3, 5).Test, Splits.HoldOut(Labels, 0.3, 6).Test);
        Assert.NotEqual(Splits.OneClass(Labels, 5).Fit, Splits.OneClass(Labels, 6).Fit);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_share_that_leaves_a_side_empty_is_refused(double share)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Splits.HoldOut(Labels, share, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Splits.ByTime([1, 2], share));
        Assert.Throws<ArgumentOutOfRangeException>(() => Splits.ByGroup([1, 2], share, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Splits.ByContent(Some.NormalMatrix(5, 2), share, 1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(101)]
    public void There_are_as_many_folds_as_rows_at_most(int folds) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Splits.KFold(Labels, folds, 1));

    private static int[][] Sides(RowSplit split) => [split.Fit, split.Test];

    private static void AssertDivides(int rows, RowSplit split)
    {
        Assert.Equal(Enumerable.Range(0, rows), split.Fit.Concat(split.Test).Order());
        Assert.Equal(split.Fit.Order(), split.Fit);
        Assert.Equal(split.Test.Order(), split.Test);
    }

    private static void AssertEvenWithinOne(IEnumerable<int> counts)
    {
        var all = counts.ToArray();
        Assert.InRange(all.Max() - all.Min(), 0, 1);
    }
}
