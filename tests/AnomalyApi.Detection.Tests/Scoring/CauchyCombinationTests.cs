using AnomalyApi.Detection.Scoring;
using Xunit;

namespace AnomalyApi.Detection.Tests.Scoring;

public sealed class CauchyCombinationTests
{
    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.25, 1)]
    [InlineData(0.75, -1)]
    [InlineData(1e-12, 1e12 / Math.PI)]
    public void Quantiles_are_those_of_the_Cauchy_distribution(double pValue, double quantile) =>
        Assert.Equal(quantile, CauchyCombination.Quantile(pValue), Math.Abs(quantile) * 1e-9 + 1e-12);

    [Theory]
    [InlineData(1e-15)]
    [InlineData(1e-6)]
    [InlineData(0.03)]
    [InlineData(0.5)]
    [InlineData(0.97)]
    public void One_p_value_alone_comes_back_with_all_its_digits(double pValue) =>
        Assert.Equal(pValue, CauchyCombination.PValue(CauchyCombination.Quantile(pValue)), pValue * 1e-9);

    [Fact]
    public void Of_two_p_values_the_small_one_counts_twice_at_most()
    {
        // tan((0.5 - p) pi) is 1 / (p pi) for small p: half of it is the quantile of 2 p. The other, at 0.5, adds nothing.
        var joined = CauchyCombination.PValue((CauchyCombination.Quantile(1e-6) + CauchyCombination.Quantile(0.5)) / 2);

        Assert.Equal(2e-6, joined, 1e-11);
    }

    [Fact]
    public void A_p_value_of_1_does_not_silence_the_others()
    {
        var joined = CauchyCombination.PValue((CauchyCombination.Quantile(1e-6) + CauchyCombination.Quantile(1)) / 2);

        Assert.InRange(joined, 1e-6, 3e-6);
    }

    [Fact]
    public void Independent_p_values_join_to_a_uniform_one()
    {
        var random = new Random(1);
        var below = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var quantile = Enumerable.Range(0, 4).Average(_ => CauchyCombination.Quantile(1 - random.NextDouble()));
            below += CauchyCombination.PValue(quantile) <= 0.05 ? 1 : 0;
        }

        // Four standard deviations of a binomial count; cutting p at 0.999 moves it by less.
        Assert.InRange(below, 5_000 - 276, 5_000 + 276);
    }
}
