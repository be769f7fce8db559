using AnomalyApi.Flows.Formats;

namespace AnomalyApi.Flows.Tests.Formats;

public class SaturatingTests
{
    [Fact]
    public void Counts_stay_at_the_largest_number()
    {
        Assert.Equal(8, Saturating.Next(7));
        Assert.Equal(int.MaxValue, Saturating.Next(int.MaxValue));
        Assert.Equal(int.MaxValue, Saturating.Sum(int.MaxValue, 5));
        Assert.Equal(12, Saturating.Sum(7, 5));
    }
}
