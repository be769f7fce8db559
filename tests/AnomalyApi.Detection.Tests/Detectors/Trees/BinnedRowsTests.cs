using AnomalyApi.Detection.Detectors;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Detectors.Trees;

public sealed class BinnedRowsTests
{
    [Fact]
    public void Few_values_have_a_bin_each_with_edges_in_the_middle()
    {
        var bins = Bin(Some.Matrix([3], [-1], [3], [7], [-1]));

        Assert.Equal([1, 0, 1, 2, 0], bins.Column(0).ToArray());
        Assert.Equal([1f, 5f, float.PositiveInfinity], Enumerable.Range(0, 3).Select(bin => bins.UpperEdge(0, bin)));
    }

    [Fact]
    public void Many_values_share_bins_of_about_as_many_rows()
    {
        var rows = Some.NormalMatrix(10_000, 1);
        var bins = Bin(rows, maxBins: 16);

        Assert.Equal(16, bins.ValueBins(0));
        Assert.All(bins.Column(0).ToArray().CountBy(bin => bin), bin => Assert.InRange(bin.Value, 620, 630));
        AssertEdgesHold(bins, rows);
    }

    [Fact]
    public void A_frequent_value_does_not_take_bins_from_the_others()
    {
        var rows = Some.NormalMatrix(10_000, 1);
        for (var row = 0; row < 10_000; row += 2)
            rows.Row(row)[0] = 0;

        var bins = Bin(rows, maxBins: 255);

        Assert.InRange(bins.ValueBins(0), 245, 255);
        AssertEdgesHold(bins, rows);
    }

    [Fact]
    public void Neighbouring_huge_and_signed_zero_values_are_told_apart_as_a_comparison_does()
    {
        var rows = Some.Matrix([0f], [-0f], [1f], [MathF.BitIncrement(1)], [float.MaxValue], [float.MinValue], [float.Epsilon]);

        var bins = Bin(rows);

        Assert.Equal([1, 1, 3, 4, 5, 0, 2], bins.Column(0).ToArray());
        AssertEdgesHold(bins, rows);
    }

    [Fact]
    public void Missing_values_have_a_bin_of_their_own()
    {
        var bins = Bin(Some.Matrix([float.NaN, 1], [2, 1], [float.NaN, 1]));

        Assert.Equal([BinnedRows.MissingBin, 0, BinnedRows.MissingBin], bins.Column(0).ToArray());
        Assert.Equal([true, false], bins.HasMissing);
        Assert.Equal([0, 2, 3], bins.FirstBins);
    }

    [Fact]
    public void Entries_leave_out_the_most_frequent_bin()
    {
        // Bins of column 0 have places 0 and 1, of column 1 places 2 to 4. Most frequent: 0 (two of three) and, of equals, the first, 2.
        var bins = Bin(Some.Matrix([5, 1], [5, 2], [6, 3]));

        Assert.Equal([0, 2], bins.DefaultBins);
        Assert.Equal([0, 0, 1, 3], bins.EntryStarts);
        Assert.Equal([3, 1, 4], bins.Entries);
    }

    [Fact]
    public void Threads_change_nothing()
    {
        var rows = Some.NormalMatrix(20_000, 7);

        var (one, four) = (BinnedRows.Bin(rows, 100, 1, default), BinnedRows.Bin(rows, 100, 4, default));

        Assert.Equal(one.Entries, four.Entries);
        Assert.Equal(one.EntryStarts, four.EntryStarts);
    }

    private static void AssertEdgesHold(BinnedRows bins, FeatureMatrix rows)
    {
        for (var row = 0; row < rows.RowCount; row++)
        {
            int bin = bins.Column(0)[row];
            Assert.True(rows.Row(row)[0] < bins.UpperEdge(0, bin));
            Assert.True(bin == 0 || rows.Row(row)[0] >= bins.UpperEdge(0, bin - 1));
        }
    }

    private static BinnedRows Bin(FeatureMatrix rows, int maxBins = BinnedRows.MaxBins) => BinnedRows.Bin(rows, maxBins, 1, default);
}
