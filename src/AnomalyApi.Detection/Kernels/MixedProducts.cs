using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AnomalyApi.Detection.Kernels;

/// <summary>Products of single-precision values with double-precision weights, summed in double precision.</summary>
/// <remarks>
/// Value k goes into sum k mod 16, and the sixteen sums are added pairwise at the end, whatever the width of the vectors and wherever the
/// spans lie in memory. (The sums of System.Numerics.Tensors depend on the address of the span, so that one row could have two scores.)
/// </remarks>
internal static class MixedProducts
{
    private const int Lanes = 16;

    /// <summary>The sum of <c>values[k] * weights[k]</c>.</summary>
    /// <param name="weights">As many as values.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Dot(ReadOnlySpan<float> values, ReadOnlySpan<double> weights)
    {
        CheckLengths(values.Length, weights.Length);
        if (!Vector256.IsHardwareAccelerated)
            return DotScalar(values, weights);

        ref var value = ref MemoryMarshal.GetReference(values);
        ref var weight = ref MemoryMarshal.GetReference(weights);
        Span<double> sums = stackalloc double[Lanes];
        nuint at = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<double> low = default, high = default;
            for (; at + Lanes <= (nuint)values.Length; at += Lanes)
            {
                var (first, second) = Vector512.Widen(Vector512.LoadUnsafe(ref value, at));
                low = Vector512.FusedMultiplyAdd(first, Vector512.LoadUnsafe(ref weight, at), low);
                high = Vector512.FusedMultiplyAdd(second, Vector512.LoadUnsafe(ref weight, at + 8), high);
            }

            low.CopyTo(sums);
            high.CopyTo(sums[8..]);
        }
        else
        {
            Vector256<double> a = default, b = default, c = default, d = default;
            for (; at + Lanes <= (nuint)values.Length; at += Lanes)
            {
                var (first, second) = Vector256.Widen(Vector256.LoadUnsafe(ref value, at));
                var (third, fourth) = Vector256.Widen(Vector256.LoadUnsafe(ref value, at + 8));
                a = Vector256.FusedMultiplyAdd(first, Vector256.LoadUnsafe(ref weight, at), a);
                b = Vector256.FusedMultiplyAdd(second, Vector256.LoadUnsafe(ref weight, at + 4), b);
                c = Vector256.FusedMultiplyAdd(third, Vector256.LoadUnsafe(ref weight, at + 8), c);
                d = Vector256.FusedMultiplyAdd(fourth, Vector256.LoadUnsafe(ref weight, at + 12), d);
            }

            a.CopyTo(sums);
            b.CopyTo(sums[4..]);
            c.CopyTo(sums[8..]);
            d.CopyTo(sums[12..]);
        }

        for (var k = (int)at; k < values.Length; k++)
            sums[k % Lanes] = Math.FusedMultiplyAdd(values[k], weights[k], sums[k % Lanes]);

        return AddUp(sums);
    }

    /// <summary>Adds <c>scale * values[k]</c> to each <c>weights[k]</c>.</summary>
    /// <param name="weights">As many as values.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Add(ReadOnlySpan<float> values, double scale, Span<double> weights)
    {
        CheckLengths(values.Length, weights.Length);
        var at = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            ref var value = ref MemoryMarshal.GetReference(values);
            ref var weight = ref MemoryMarshal.GetReference(weights);
            var factor = Vector256.Create(scale);
            for (; at + 8 <= values.Length; at += 8)
            {
                var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref value, (nuint)at));
                Vector256.FusedMultiplyAdd(low, factor, Vector256.LoadUnsafe(ref weight, (nuint)at)).StoreUnsafe(ref weight, (nuint)at);
                Vector256.FusedMultiplyAdd(high, factor, Vector256.LoadUnsafe(ref weight, (nuint)at + 4)).StoreUnsafe(ref weight, (nuint)at + 4);
            }
        }

        AddScalar(values[at..], scale, weights[at..]);
    }

    /// <summary><see cref="Dot"/> as it reads.</summary>
    public static double DotScalar(ReadOnlySpan<float> values, ReadOnlySpan<double> weights)
    {
        Span<double> sums = stackalloc double[Lanes];
        for (var k = 0; k < values.Length; k++)
            sums[k % Lanes] = Math.FusedMultiplyAdd(values[k], weights[k], sums[k % Lanes]);

        return AddUp(sums);
    }

    /// <summary><see cref="Add"/> as it reads.</summary>
    public static void AddScalar(ReadOnlySpan<float> values, double scale, Span<double> weights)
    {
        for (var k = 0; k < values.Length; k++)
            weights[k] = Math.FusedMultiplyAdd(values[k], scale, weights[k]);
    }

    private static double AddUp(Span<double> sums)
    {
        for (var half = Lanes / 2; half > 0; half /= 2)
        {
            for (var k = 0; k < half; k++)
                sums[k] += sums[k + half];
        }

        return sums[0];
    }

    private static void CheckLengths(int values, int weights)
    {
        if (values != weights)
            throw new ArgumentException($"There are {weights} weights for {values} values.", nameof(weights));
    }
}
