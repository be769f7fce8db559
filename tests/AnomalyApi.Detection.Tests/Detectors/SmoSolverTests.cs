using AnomalyApi.Detection.Detectors;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Detectors;

public sealed class SmoSolverTests
{
    [Fact]
    public void Vector_and_scalar_passes_choose_the_same_rows()
    {
        for (var length = 0; length <= 160; length += 16)
        {
            for (var seed = 1; seed < 20; seed++)
            {
                // Rounded, so that many are equal and the first must win.
                var slopes = Array.ConvertAll(Some.NormalMatrix(1, 160, seed).Values[..length], value => Math.Round(value, 1));
                var up = Array.ConvertAll(Some.NormalMatrix(1, 160, seed + 100).Values[..length], value => MathF.Round(MathF.Exp(-value * value), 1));
                var down = up.Reverse().ToArray();
                var mayRise = slopes.Select((_, t) => (t * seed) % 3 == 0 ? double.NegativeInfinity : 0).ToArray();
                var mayFall = slopes.Select((_, t) => (t + seed) % 4 == 0 ? double.PositiveInfinity : 0).ToArray();
                var moved = slopes.ToArray();

                var expected = SmoScan.MoveScalar(slopes, mayRise, mayFall, up, down, 0.5);

                Assert.Equal(expected, SmoScan.Move(moved, mayRise, mayFall, up, down, 0.5));
                Assert.Equal(slopes, moved);
                Assert.Equal(
                    SmoScan.PartnerScalar(slopes, mayFall, up, expected.Highest), SmoScan.Partner(slopes, mayFall, up, expected.Highest));
            }
        }
    }

    [Fact]
    public void No_row_left_to_move_is_found_as_none()
    {
        var slopes = new double[16];
        var never = Enumerable.Repeat(double.NegativeInfinity, 16).ToArray();
        var nor = Enumerable.Repeat(double.PositiveInfinity, 16).ToArray();

        Assert.Equal((-1, double.NegativeInfinity, double.PositiveInfinity), SmoScan.Move(slopes, never, nor, new float[16], new float[16], 0));
        Assert.Equal(-1, SmoScan.Partner(slopes, nor, new float[16], 1));
    }

    [Fact]
    public void The_solution_holds_its_bounds_its_sum_and_the_conditions_of_the_optimum()
    {
        var rows = Some.NormalMatrix(200, 3);
        var random = new Random(1);
        double[] linear = [.. rows.Values.Take(200).Select(value => (double)value)];
        double[] upper = [.. linear.Select(_ => 0.1 + random.NextDouble())];
        double[] start = [.. upper.Select(value => value / 2)];
        var lower = new double[200];

        var solution = Solve(rows, linear, lower, upper, [.. start], cacheBytes: 1 << 20);

        Assert.Equal(start.Sum(), solution.Coefficients.Sum(), 1e-9);
        double[] slopes = [.. Enumerable.Range(0, 200).Select(row => -linear[row] - Enumerable.Range(0, 200).Sum(
            other => solution.Coefficients[other] * Math.Exp(-0.5 * SquaredDistance(rows.Row(row), rows.Row(other)))))];
        for (var row = 0; row < 200; row++)
        {
            var coefficient = solution.Coefficients[row];
            Assert.InRange(coefficient, lower[row], upper[row]);

            // Whoever may rise gains nothing by it, whoever may fall neither.
            if (coefficient < upper[row])
                Assert.InRange(slopes[row], double.MinValue, solution.Offset + 1.1e-4);
            if (coefficient > lower[row])
                Assert.InRange(slopes[row], solution.Offset - 1.1e-4, double.MaxValue);
        }
    }

    [Fact]
    public void A_cache_of_two_rows_gives_the_same_solution()
    {
        var rows = Some.NormalMatrix(100, 3);
        var upper = Enumerable.Repeat(1.0, 100).ToArray();
        var start = Enumerable.Range(0, 100).Select(row => row < 50 ? 1.0 : 0).ToArray();

        var roomy = Solve(rows, new double[100], new double[100], upper, [.. start], cacheBytes: 1 << 20);
        var tight = Solve(rows, new double[100], new double[100], upper, [.. start], cacheBytes: 0);

        Assert.Equal(roomy.Coefficients, tight.Coefficients);
        Assert.Equal(roomy.Offset, tight.Offset);
    }

    [Fact]
    public void Rows_used_last_are_kept_and_the_oldest_goes_first()
    {
        var rows = Some.NormalMatrix(20, 3);
        var kernel = new KernelRows(rows, 0.5, cacheBytes: 3 * 32 * sizeof(float));

        foreach (var row in new[] { 0, 1, 2, 0, 3, 0, 2, 1 })
        {
            var values = kernel.Row(row);
            for (var other = 0; other < 32; other++)
                Assert.Equal(other < 20 ? Math.Exp(-0.5 * SquaredDistance(rows.Row(row), rows.Row(other))) : 0, values[other], 1e-6);
        }

        // 0, 1 and 2 are computed; 3 takes the place of 1; 0 and 2 are there still; 1 takes the place of 3.
        Assert.Equal(5, kernel.Misses);
    }

    private static SmoSolution Solve(FeatureMatrix rows, double[] linear, double[] lower, double[] upper, double[] start, long cacheBytes) =>
        new SmoSolver(new KernelRows(rows, 0.5, cacheBytes), linear, lower, upper, start).Solve(1e-4, new FitSettings(1), default);

    private static double SquaredDistance(ReadOnlySpan<float> row, ReadOnlySpan<float> other)
    {
        var sum = 0.0;
        for (var column = 0; column < row.Length; column++)
            sum += ((double)row[column] - other[column]) * ((double)row[column] - other[column]);

        return sum;
    }
}
