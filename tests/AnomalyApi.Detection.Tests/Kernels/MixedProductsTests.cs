using AnomalyApi.Detection.Kernels;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Kernels;

public sealed class MixedProductsTests
{
    private const int Longest = 4 * 16 + 1;

    [Fact]
    public void Vector_and_scalar_products_have_the_same_bits_at_every_length()
    {
        var values = Some.NormalMatrix(1, Longest).Values;
        var weights = Array.ConvertAll(Some.NormalMatrix(1, Longest, seed: 2).Values, value => value / 3.0);
        for (var length = 0; length <= Longest; length++)
        {
            var expected = MixedProducts.DotScalar(values.AsSpan(0, length), weights.AsSpan(0, length));
            Assert.Equal(expected, MixedProducts.Dot(values.AsSpan(0, length), weights.AsSpan(0, length)));
            Assert.Equal(values.Take(length).Zip(weights, (value, weight) => value * weight).Sum(), expected, 1e-12);
        }
    }

    [Fact]
    public void Vector_and_scalar_sums_have_the_same_bits_at_every_length()
    {
        var values = Some.NormalMatrix(1, Longest).Values;
        for (var length = 0; length <= Longest; length++)
        {
            var expected = Enumerable.Range(0, length).Select(k => k / 7.0).ToArray();
            var weights = expected.ToArray();

            MixedProducts.AddScalar(values.AsSpan(0, length), 0.3, expected);
            MixedProducts.Add(values.AsSpan(0, length), 0.3, weights);

            Assert.Equal(expected, weights);
        }
    }

    [Fact]
    public void A_product_does_not_depend_on_where_the_values_lie()
    {
        var values = Some.NormalMatrix(1, 1000).Values;
        var weights = Array.ConvertAll(values, value => value / 3.0);
        var expected = MixedProducts.Dot(values.AsSpan(0, 900), weights.AsSpan(0, 900));
        for (var shift = 1; shift < 32; shift++)
        {
            var moved = new float[1000];
            values.AsSpan(0, 900).CopyTo(moved.AsSpan(shift));
            Assert.Equal(expected, MixedProducts.Dot(moved.AsSpan(shift, 900), weights.AsSpan(0, 900)));
        }
    }

    [Fact]
    public void Lengths_that_differ_are_refused()
    {
        Assert.Throws<ArgumentException>(() => MixedProducts.Dot(new float[3], new double[2]));
        Assert.Throws<ArgumentException>(() => MixedProducts.Add(new float[3], 1, new double[4]));
    }
}
