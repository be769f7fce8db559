using AnomalyApi.Detection.Kernels;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Kernels;

public sealed class MomentsTests
{
    [Fact]
    public void Mean_and_covariance_are_those_derived_by_hand()
    {
        // Means 2 and 30; deviations (-1, -10), (0, 0), (1, 10).
        var moments = Moments.Of(Some.Matrix([1, 20], [2, 30], [3, 40]), default);

        Assert.Equal([2, 30], moments.Mean);
        Assert.Equal([2.0 / 3, 20.0 / 3, 20.0 / 3, 200.0 / 3], moments.Covariance, (expected, actual) => Math.Abs(expected - actual) < 1e-12);
    }

    [Fact]
    public void Only_the_rows_named_count() =>
        Assert.Equal([2.5, 35], Moments.Of(Some.Matrix([1, 20], [2, 30], [3, 40]), [1, 2], default).Mean);

    [Fact]
    public void The_covariance_is_that_of_the_formula_at_every_width()
    {
        for (var width = 1; width <= 33; width++)
        {
            var rows = Some.NormalMatrix(40, width);
            var moments = Moments.Of(rows, default);
            for (var a = 0; a < width; a++)
            {
                for (var b = 0; b < width; b++)
                {
                    var expected = Enumerable.Range(0, 40).Average(row => (rows.Row(row)[a] - moments.Mean[a]) * (rows.Row(row)[b] - moments.Mean[b]));
                    Assert.Equal(expected, moments.Covariance[a * width + b], 1e-12);
                }
            }
        }
    }
}
