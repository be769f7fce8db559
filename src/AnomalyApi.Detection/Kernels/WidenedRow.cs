using System.Runtime.Intrinsics;

namespace AnomalyApi.Detection.Kernels;

/// <summary>Products of a row in single precision with numbers in double, computed in double.</summary>
/// <remarks>Always sixteen lanes, so that a result is the same whatever the width of a vector.</remarks>
internal static class WidenedRow
{
    /// <summary>The sum of <c>row[i] * factors[i]</c>.</summary>
    public static double Dot(ReadOnlySpan<float> row, ReadOnlySpan<double> factors)
    {
        factors = factors[..row.Length];
        Vector512<double> lower = Vector512<double>.Zero, upper = Vector512<double>.Zero;
        var i = 0;
        for (; i <= row.Length - 16; i += 16)
        {
            var (low, high) = Vector512.Widen(Vector512.Create(row.Slice(i, 16)));
            lower = Vector512.FusedMultiplyAdd(low, Vector512.Create(factors.Slice(i, 8)), lower);
            upper = Vector512.FusedMultiplyAdd(high, Vector512.Create(factors.Slice(i + 8, 8)), upper);
        }

        return Vector512.Sum(lower + upper) + DotScalar(row[i..], factors[i..]);
    }

    /// <summary>The same as <see cref="Dot"/>, one column after another.</summary>
    public static double DotScalar(ReadOnlySpan<float> row, ReadOnlySpan<double> factors)
    {
        double sum = 0;
        for (var i = 0; i < row.Length; i++)
            sum += row[i] * factors[i];

        return sum;
    }

    /// <summary>Adds <c>row[i] * factor</c> to each sum.</summary>
    public static void AddProduct(ReadOnlySpan<float> row, double factor, Span<double> sums)
    {
        sums = sums[..row.Length];
        var factors = Vector512.Create(factor);
        var i = 0;
        for (; i <= row.Length - 16; i += 16)
        {
            var (low, high) = Vector512.Widen(Vector512.Create(row.Slice(i, 16)));
            Vector512.FusedMultiplyAdd(low, factors, Vector512.Create<double>(sums.Slice(i, 8))).CopyTo(sums[i..]);
            Vector512.FusedMultiplyAdd(high, factors, Vector512.Create<double>(sums.Slice(i + 8, 8))).CopyTo(sums[(i + 8)..]);
        }

        AddProductScalar(row[i..], factor, sums[i..]);
    }

    /// <summary>The same as <see cref="AddProduct"/>, one column after another.</summary>
    public static void AddProductScalar(ReadOnlySpan<float> row, double factor, Span<double> sums)
    {
        for (var i = 0; i < row.Length; i++)
            sums[i] += row[i] * factor;
    }
}
