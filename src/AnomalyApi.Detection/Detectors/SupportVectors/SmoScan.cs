using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AnomalyApi.Detection.Detectors;

/// <summary>The two passes over all rows that each step of <see cref="SmoSolver"/> takes.</summary>
/// <remarks>
/// All spans have the same length, a multiple of 16. <c>mayRise[t]</c> is 0 where the coefficient may rise and minus infinity where it may
/// not; <c>mayFall[t]</c> is 0 or infinity likewise. Scalar and vector passes give the same bits; among equals the first wins.
/// </remarks>
internal static class SmoScan
{
    /// <summary>Least curvature along a pair; two equal rows would have none (Fan, Chen and Lin 2005, section 2.4).</summary>
    public const double LeastCurvature = 1e-12;

    /// <summary>Moves the slopes along a pair's step and finds the steepest ascent and descent that remain.</summary>
    /// <param name="slopes">F, the slope with which the objective falls as a coefficient rises; changed by -step (up - down).</param>
    /// <param name="step">How far the coefficient of row <c>up</c> rose and that of <c>down</c> fell.</param>
    /// <returns>The row whose rise helps most, its slope, and the least slope of a row that may fall.</returns>
    public static (int First, double Highest, double Lowest) Move(
        Span<double> slopes,
        ReadOnlySpan<double> mayRise,
        ReadOnlySpan<double> mayFall,
        ReadOnlySpan<float> up,
        ReadOnlySpan<float> down,
        double step)
    {
        if (!Vector256.IsHardwareAccelerated)
            return MoveScalar(slopes, mayRise, mayFall, up, down, step);

        ref var slope = ref MemoryMarshal.GetReference(slopes);
        ref var rise = ref MemoryMarshal.GetReference(mayRise);
        ref var fall = ref MemoryMarshal.GetReference(mayFall);
        ref var u = ref MemoryMarshal.GetReference(up);
        ref var d = ref MemoryMarshal.GetReference(down);
        var negative = Vector256.Create(-step);
        var highest = Vector256.Create(double.NegativeInfinity);
        var lowest = Vector256.Create(double.PositiveInfinity);
        var first = Vector256.Create(-1.0);
        var index = Vector256.Create(0.0, 1, 2, 3);
        var four = Vector256.Create(4.0);
        for (nuint t = 0; t < (nuint)slopes.Length; t += 8)
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref u, t) - Vector256.LoadUnsafe(ref d, t));
            var moved = Vector256.FusedMultiplyAdd(negative, low, Vector256.LoadUnsafe(ref slope, t));
            moved.StoreUnsafe(ref slope, t);
            var candidate = moved + Vector256.LoadUnsafe(ref rise, t);
            var better = Vector256.GreaterThan(candidate, highest);
            highest = Vector256.ConditionalSelect(better, candidate, highest);
            first = Vector256.ConditionalSelect(better, index, first);
            index += four;
            lowest = Vector256.MinNative(lowest, moved + Vector256.LoadUnsafe(ref fall, t));

            moved = Vector256.FusedMultiplyAdd(negative, high, Vector256.LoadUnsafe(ref slope, t + 4));
            moved.StoreUnsafe(ref slope, t + 4);
            candidate = moved + Vector256.LoadUnsafe(ref rise, t + 4);
            better = Vector256.GreaterThan(candidate, highest);
            highest = Vector256.ConditionalSelect(better, candidate, highest);
            first = Vector256.ConditionalSelect(better, index, first);
            index += four;
            lowest = Vector256.MinNative(lowest, moved + Vector256.LoadUnsafe(ref fall, t + 4));
        }

        var (row, value) = FirstOfHighest(first, highest);
        var least = Math.Min(Math.Min(lowest[0], lowest[1]), Math.Min(lowest[2], lowest[3]));
        return (row, value, least);
    }

    /// <summary>Finds the row that makes the best pair with the first: the one whose step would lower the objective most (WSS 2 of Fan, Chen
    /// and Lin 2005, equation 15).</summary>
    /// <param name="kernel">The first row's kernel values.</param>
    /// <param name="highest">The first row's slope.</param>
    /// <returns>The row, or -1 when no slope of a row that may fall is below <paramref name="highest"/>.</returns>
    public static int Partner(ReadOnlySpan<double> slopes, ReadOnlySpan<double> mayFall, ReadOnlySpan<float> kernel, double highest)
    {
        if (!Vector256.IsHardwareAccelerated)
            return PartnerScalar(slopes, mayFall, kernel, highest);

        ref var slope = ref MemoryMarshal.GetReference(slopes);
        ref var fall = ref MemoryMarshal.GetReference(mayFall);
        ref var k = ref MemoryMarshal.GetReference(kernel);
        var top = Vector256.Create(highest);
        var two = Vector256.Create(2.0);
        var least = Vector256.Create(LeastCurvature);
        var best = Vector256<double>.Zero;
        var row = Vector256.Create(-1.0);
        var index = Vector256.Create(0.0, 1, 2, 3);
        var four = Vector256.Create(4.0);
        for (nuint t = 0; t < (nuint)slopes.Length; t += 4)
        {
            var difference = top - (Vector256.LoadUnsafe(ref slope, t) + Vector256.LoadUnsafe(ref fall, t));
            var curvature = two - two * Vector256.WidenLower(Vector128.LoadUnsafe(ref k, t).ToVector256Unsafe());
            var gain = difference * difference / Vector256.MaxNative(curvature, least);
            var better = Vector256.GreaterThan(gain, best) & Vector256.GreaterThan(difference, Vector256<double>.Zero);
            best = Vector256.ConditionalSelect(better, gain, best);
            row = Vector256.ConditionalSelect(better, index, row);
            index += four;
        }

        return FirstOfHighest(row, best).Row;
    }

    /// <summary><see cref="Move"/> as it reads.</summary>
    public static (int First, double Highest, double Lowest) MoveScalar(
        Span<double> slopes,
        ReadOnlySpan<double> mayRise,
        ReadOnlySpan<double> mayFall,
        ReadOnlySpan<float> up,
        ReadOnlySpan<float> down,
        double step)
    {
        var first = -1;
        var highest = double.NegativeInfinity;
        var lowest = double.PositiveInfinity;
        for (var t = 0; t < slopes.Length; t++)
        {
            slopes[t] = Math.FusedMultiplyAdd(-step, up[t] - down[t], slopes[t]);
            if (slopes[t] + mayRise[t] > highest)
            {
                highest = slopes[t] + mayRise[t];
                first = t;
            }

            lowest = Math.Min(lowest, slopes[t] + mayFall[t]);
        }

        return (first, highest, lowest);
    }

    /// <summary><see cref="Partner"/> as it reads.</summary>
    public static int PartnerScalar(ReadOnlySpan<double> slopes, ReadOnlySpan<double> mayFall, ReadOnlySpan<float> kernel, double highest)
    {
        var row = -1;
        var best = 0.0;
        for (var t = 0; t < slopes.Length; t++)
        {
            var difference = highest - (slopes[t] + mayFall[t]);
            var gain = difference * difference / Math.Max(2 - 2 * (double)kernel[t], LeastCurvature);
            if (difference > 0 && gain > best)
            {
                best = gain;
                row = t;
            }
        }

        return row;
    }

    private static (int Row, double Value) FirstOfHighest(Vector256<double> rows, Vector256<double> values)
    {
        var row = rows[0];
        var value = values[0];
        for (var lane = 1; lane < Vector256<double>.Count; lane++)
        {
            if (rows[lane] >= 0 && (row < 0 || values[lane] > value || (values[lane] == value && rows[lane] < row)))
            {
                value = values[lane];
                row = rows[lane];
            }
        }

        return ((int)row, value);
    }
}
