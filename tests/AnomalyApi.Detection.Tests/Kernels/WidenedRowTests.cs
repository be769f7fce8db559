using AnomalyApi.Detection.Kernels;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Kernels;

public sealed class WidenedRowTests
{
    /// <summary>Both are sums of up to 65 products of about 1 in double, in another order: twelve digits stay.</summary>
    [Fact]
    public void The_kernels_agree_with_their_scalar_twins_at_every_length()
    {
        for (var length = 0; length <= 4 * 16 + 1; length++)
        {
            var row = length == 0 ? [] : Some.NormalMatrix(1, length).AsSpan().ToArray();
            var factors = Array.ConvertAll(row, value => Math.Cos(value));
            double[] sums = [.. factors, 7], twin = [.. factors, 7];

            WidenedRow.AddProduct(row, 0.3, sums);
            WidenedRow.AddProductScalar(row, 0.3, twin);

            Assert.Equal(WidenedRow.DotScalar(row, factors), WidenedRow.Dot(row, factors), 1e-12);
            Assert.Equal(twin, sums, (expected, actual) => Math.Abs(expected - actual) < 1e-12);
        }
    }
}
