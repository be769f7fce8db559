using AnomalyApi.Detection.Kernels;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Kernels;

public sealed class PrincipalAxesTests
{
    [Fact]
    public void Axes_come_in_the_order_of_their_variance_with_the_largest_part_positive()
    {
        // Deviations (-2, 1), (0, 0), (2, -1): all of the variance, (5 + 0 + 5) / 3, lies along (2, -1) / sqrt 5, and none across it.
        var axes = PrincipalAxes.Of(Moments.Of(Some.Matrix([-2, 1], [0, 0], [2, -1]), default), default);

        Assert.Equal([10 / 3.0, 0], axes.Variances, Near);
        Assert.Equal([2 / Math.Sqrt(5), -1 / Math.Sqrt(5)], axes.Axis(0).ToArray(), Near);
        Assert.Equal([1 / Math.Sqrt(5), 2 / Math.Sqrt(5)], axes.Axis(1).ToArray(), Near);
    }

    [Fact]
    public void Rows_without_spread_have_axes_of_no_variance()
    {
        var axes = PrincipalAxes.Of(Moments.Of(Some.Matrix([3, 3, 3]), default), default);

        Assert.Equal([0, 0, 0], axes.Variances);
        for (var component = 0; component < 3; component++)
            Assert.Equal(1, axes.Axis(component).ToArray().Sum(value => value * value), 1e-12);
    }

    private static bool Near(double expected, double actual) => Math.Abs(expected - actual) < 1e-12;
}
