using AnomalyApi.Detection.Scoring;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Scoring;

public sealed class TypicalRangeTests
{
    [Fact]
    public void A_column_is_described_by_its_quantiles()
    {
        var range = Of(Enumerable.Range(0, 101).Select(i => (float)i));

        Assert.Equal((5f, 50f, 95f), (range.Low, range.Median, range.High));
        Assert.Equal(90 / 3.2897, range.Spread, 1e-3);
    }

    [Fact]
    public void Distance_is_0_at_the_median_1_at_the_edge_and_1_more_for_each_spread_beyond()
    {
        var range = new TypicalRange(Low: 0, Median: 4, High: 6, Spread: 2);

        Assert.Equal(0, range.DistanceOf(4));
        Assert.Equal(0.5f, range.DistanceOf(5));
        Assert.Equal(0.5f, range.DistanceOf(2));
        Assert.Equal(1, range.DistanceOf(6));
        Assert.Equal(1, range.DistanceOf(0));
        Assert.Equal(3, range.DistanceOf(10));
        Assert.Equal(2.5f, range.DistanceOf(-3));
        Assert.Equal(float.PositiveInfinity, range.DistanceOf(float.NaN));
    }

    [Fact]
    public void A_frequent_flag_is_never_far_and_a_rare_one_is()
    {
        var frequent = Of(Enumerable.Range(0, 100).Select(i => (float)(i % 2)));
        var rare = Of(Enumerable.Range(0, 100).Select(i => i == 0 ? 1f : 0));

        Assert.InRange(Math.Max(frequent.DistanceOf(0), frequent.DistanceOf(1)), 1, 1);
        Assert.Equal(0, rare.DistanceOf(0));
        Assert.Equal(1 + 1 / Math.Sqrt(0.01 * 0.99), rare.DistanceOf(1), 1e-3);
    }

    [Fact]
    public void Anything_but_the_constant_is_very_far_from_a_constant()
    {
        var range = Of(Enumerable.Repeat(5f, 100));

        Assert.Equal(0, range.DistanceOf(5));
        Assert.Equal(1 + 1 / 0.005, range.DistanceOf(6), 0.1);
    }

    [Fact]
    public void Huge_values_keep_the_spread_finite()
    {
        var range = Of([float.MinValue, 0, float.MaxValue]);

        Assert.True(float.IsFinite(range.Spread) && range.Spread > 0);
        Assert.InRange(range.DistanceOf(1e38f), 0, 1);
    }

    private static TypicalRange Of(IEnumerable<float> column) =>
        Assert.Single(TypicalRange.Of(Some.Matrix([.. column.Select(value => new[] { value })])));
}
