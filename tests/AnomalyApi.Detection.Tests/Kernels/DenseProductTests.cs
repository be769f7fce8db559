using System.Numerics;
using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Kernels;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Kernels;

public sealed unsafe class DenseProductTests
{
    /// <summary>Both add the same products in the same order with fused multiply-adds, so there is no tolerance.</summary>
    [Fact]
    public void The_kernel_gives_the_bits_of_its_scalar_twin_at_every_length()
    {
        for (var inner = 0; inner <= 4 * Vector<float>.Count + 1; inner++)
        {
            foreach (var (rows, columns) in new[] { (8, 16), (16, 48) })
            {
                var left = Filled(rows * inner, seed: 1);
                var right = Filled(inner * columns, seed: 2);
                var start = Filled(columns, seed: 3);
                var kernel = new DenseBuffer(rows * columns);
                var twin = new DenseBuffer(rows * columns);
                foreach (var plain in new[] { true, false })
                {
                    foreach (var from in new[] { start.Values, null })
                    {
                        // The same values as a matrix and as a transposed one.
                        var matrix = plain ? new DenseLeft(left.Values, inner, 1) : new DenseLeft(left.Values, 1, rows);
                        DenseProduct.Multiply(matrix, right.Values, from, kernel.Values, rows, inner, columns);
                        DenseProduct.MultiplyScalar(matrix, right.Values, from, twin.Values, rows, inner, columns);

                        Assert.Equal(twin.Span, kernel.Span);
                    }
                }
            }
        }
    }

    [Fact]
    public void The_product_is_that_of_two_matrices()
    {
        // (1 2; 3 4) (5 6; 7 8) + (10 20) = (5+14 6+16; 15+28 18+32) + (10 20).
        var left = new DenseBuffer(4);
        var right = new DenseBuffer(4);
        var start = new DenseBuffer(2);
        var result = new DenseBuffer(4);
        ((ReadOnlySpan<float>)[1, 2, 3, 4]).CopyTo(left.Span);
        ((ReadOnlySpan<float>)[5, 6, 7, 8]).CopyTo(right.Span);
        ((ReadOnlySpan<float>)[10, 20]).CopyTo(start.Span);

        DenseProduct.MultiplyScalar(new DenseLeft(left.Values, 2, 1), right.Values, start.Values, result.Values, 2, 2, 2);

        Assert.Equal([29, 42, 53, 70], result.Span);
    }

    [Theory, InlineData(0, 0, 0), InlineData(1, 16, 8), InlineData(8, 16, 8), InlineData(16, 16, 16), InlineData(17, 32, 24)]
    public void Widths_are_rounded_up_to_what_the_kernel_takes(int width, int columns, int rows)
    {
        Assert.Equal(columns, DenseProduct.Padded(width));
        Assert.Equal(rows, DenseProduct.PaddedRows(width));
    }

    private static DenseBuffer Filled(int length, int seed)
    {
        var buffer = new DenseBuffer(length);
        if (length > 0)
            Some.NormalMatrix(1, length, seed).AsSpan().CopyTo(buffer.Span);

        return buffer;
    }
}
