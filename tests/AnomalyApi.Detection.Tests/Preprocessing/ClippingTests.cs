using AnomalyApi.Detection.Preprocessing;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Preprocessing;

public sealed class ClippingTests
{
    [Theory]
    [InlineData(20, 20)]
    [InlineData(0, 1000)]
    public void Values_after_scaling_are_held_within_the_bound(double bound, float expected)
    {
        // Mean 0 and standard deviation 1.
        var preparation = Preparation.Fit(Some.Matrix([1], [-1]), null, new PreparationOptions { ClipAt = bound }, default);

        Assert.Equal([expected, -expected, 0.5f], preparation.Apply(Some.Matrix([1000], [-1000], [0.5f])).AsSpan().ToArray());
    }

    [Fact]
    public void The_bound_holds_where_no_value_was_seen_or_all_lie_outside()
    {
        var unseen = Preparation.Fit(Some.Matrix([float.NaN]), null, new PreparationOptions { ClipAt = 20 }, default);
        Assert.Equal([20], unseen.Apply(Some.Matrix([1e9f])).AsSpan().ToArray());

        var options = new PreparationOptions { Scaling = Scaling.None, WinsorizeShare = 0.1, ClipAt = 20 };
        var outside = Preparation.Fit(Some.Matrix([500], [600], [700]), null, options, default);
        Assert.Equal([20, 20], outside.Apply(Some.Matrix([600], [-600])).AsSpan().ToArray());
    }
}
