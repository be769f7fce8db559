using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AnomalyApi.Detection.Kernels;

/// <summary>The squared length of a projected row, |F (x - m)|^2 for a factor F and a mean m. Immutable and thread-safe.</summary>
/// <remarks>
/// The factor is packed so that eight of its rows are the lanes of a register: each value of x meets them in one multiplication, and nothing
/// is added across lanes before the end. Four rows of x go side by side, because an addition waits for the one before. A lane's sum runs over
/// the columns in their order, so a row's result does not depend on its neighbours. Trailing zeros of a group of eight are skipped, which
/// halves the work for a triangular factor.
/// </remarks>
internal sealed class SquaredProjection
{
    private const int Lanes = 8;
    private const int RowsAtOnce = 4;

    private readonly float[] _mean;

    // Row-major, [projected, column].
    private readonly float[] _factor;

    // Groups of eight one after another, each [column, lane] for the columns it reaches.
    private readonly float[] _packed;
    private readonly int[] _reach;

    /// <param name="mean">d values.</param>
    /// <param name="factor">Shape [r, d], row-major; r may be 0.</param>
    public SquaredProjection(float[] mean, float[] factor)
    {
        _mean = mean;
        _factor = factor;
        var (width, rank) = (mean.Length, factor.Length / mean.Length);
        _reach = new int[(rank + Lanes - 1) / Lanes];
        for (var at = 0; at < factor.Length; at++)
        {
            if (factor[at] != 0)
                _reach[at / width / Lanes] = Math.Max(_reach[at / width / Lanes], at % width + 1);
        }

        _packed = new float[_reach.Sum() * Lanes];
        var start = 0;
        for (var group = 0; group < _reach.Length; group++)
        {
            for (var lane = 0; lane < Math.Min(Lanes, rank - group * Lanes); lane++)
            {
                for (var column = 0; column < _reach[group]; column++)
                    _packed[start + column * Lanes + lane] = factor[(group * Lanes + lane) * width + column];
            }

            start += _reach[group] * Lanes;
        }
    }

    /// <summary>Length of a row.</summary>
    public int InputCount => _mean.Length;

    /// <summary>Length of a projected row.</summary>
    public int Rank => _factor.Length / _mean.Length;

    public ReadOnlySpan<float> Mean => _mean;

    /// <summary>The factor as it was given.</summary>
    public ReadOnlySpan<float> Factor => _factor;

    /// <summary>Sets each score to the squared length of its projected row, at most the largest float. NaN counts as the mean of its column, an infinity as the largest
    /// float.</summary>
    public void Score(FeatureMatrix rows, Span<float> scores)
    {
        var row = 0;
        for (; row + RowsAtOnce <= scores.Length; row += RowsAtOnce)
            ScoreFour(ref rows.Values[row * _mean.Length], ref scores[row]);

        for (; row < scores.Length; row++)
            scores[row] = ScoreOne(ref rows.Values[row * _mean.Length]);

        // What is not finite is rare, and is looked at again in double.
        for (row = 0; row < scores.Length; row++)
        {
            if (!float.IsFinite(scores[row]))
                scores[row] = (float)Math.Min(ScorePlainly(rows.Row(row)), float.MaxValue);
        }
    }

    /// <summary>The same as the formula reads, in double: the twin the kernel is compared with.</summary>
    public double ScorePlainly(ReadOnlySpan<float> row)
    {
        var total = 0.0;
        for (var projected = 0; projected < Rank; projected++)
        {
            var sum = 0.0;
            for (var column = 0; column < row.Length; column++)
            {
                var value = float.IsNaN(row[column]) ? _mean[column] : Math.Clamp(row[column], float.MinValue, float.MaxValue);
                sum += _factor[projected * row.Length + column] * ((double)value - _mean[column]);
            }

            total += sum * sum;
        }

        return total;
    }

    private void ScoreFour(ref float row, ref float scores)
    {
        ref var mean = ref MemoryMarshal.GetArrayDataReference(_mean);
        ref var weight = ref MemoryMarshal.GetArrayDataReference(_packed);
        nint width = _mean.Length;
        Vector256<float> total0 = default, total1 = default, total2 = default, total3 = default;
        foreach (var reach in _reach)
        {
            Vector256<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
            for (nint column = 0; column < reach; column++)
            {
                var weights = Vector256.LoadUnsafe(ref weight);
                var centre = Vector256.Create(Unsafe.Add(ref mean, column));
                sum0 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref row, column)) - centre, weights, sum0);
                sum1 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref row, column + width)) - centre, weights, sum1);
                sum2 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref row, column + 2 * width)) - centre, weights, sum2);
                sum3 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref row, column + 3 * width)) - centre, weights, sum3);
                weight = ref Unsafe.Add(ref weight, Lanes);
            }

            total0 = Vector256.FusedMultiplyAdd(sum0, sum0, total0);
            total1 = Vector256.FusedMultiplyAdd(sum1, sum1, total1);
            total2 = Vector256.FusedMultiplyAdd(sum2, sum2, total2);
            total3 = Vector256.FusedMultiplyAdd(sum3, sum3, total3);
        }

        scores = Sum(total0);
        Unsafe.Add(ref scores, 1) = Sum(total1);
        Unsafe.Add(ref scores, 2) = Sum(total2);
        Unsafe.Add(ref scores, 3) = Sum(total3);
    }

    private float ScoreOne(ref float row)
    {
        ref var mean = ref MemoryMarshal.GetArrayDataReference(_mean);
        ref var weight = ref MemoryMarshal.GetArrayDataReference(_packed);
        Vector256<float> total = default;
        foreach (var reach in _reach)
        {
            Vector256<float> sum = default;
            for (nint column = 0; column < reach; column++)
            {
                var centred = Vector256.Create(Unsafe.Add(ref row, column)) - Vector256.Create(Unsafe.Add(ref mean, column));
                sum = Vector256.FusedMultiplyAdd(centred, Vector256.LoadUnsafe(ref weight), sum);
                weight = ref Unsafe.Add(ref weight, Lanes);
            }

            total = Vector256.FusedMultiplyAdd(sum, sum, total);
        }

        return Sum(total);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sum(Vector256<float> lanes)
    {
        var half = lanes.GetLower() + lanes.GetUpper();
        return half[0] + half[2] + (half[1] + half[3]);
    }
}
