using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Scoring;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Scoring;

public sealed class CalibrationTests
{
    [Fact]
    public void A_score_of_s_is_as_rare_on_fresh_rows_as_it_says()
    {
        const int Rows = 200_000;
        var detector = new IsolationForest(new IsolationForestOptions { Trees = 25 });
        var model = ScoringModel.Fit(
            Some.Schema(4), detector, Some.NormalMatrix(2000, 4), Some.NormalMatrix(Rows, 4, seed: 2), 30, new FitSettings(1), default);
        var scores = new float[Rows];
        model.Score(Some.NormalMatrix(Rows, 4, seed: 3), new double[Rows], scores);
        foreach (var score in new[] { 20f, 30, 40 })
        {
            // The count is binomial twice: in these rows, and in the calibration rows that placed the bound. Four standard deviations.
            var expected = Rows * AnomalyScore.ToPValue(score);
            var tolerance = 4 * Math.Sqrt(2 * expected);
            Assert.InRange(scores.Count(s => s >= score), expected - tolerance, expected + tolerance);
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1000)]
    public void Beyond_few_points_the_tail_keeps_to_the_rate_of_an_exponential_distribution(int points)
    {
        // Raw scores with P(raw > x) = exp(-x): the true rate of p <= a is known for each calibration. Mean over many calibrations.
        var random = new Random(1);
        double rateAt30 = 0, rateAt40 = 0;
        const int Repeats = 300;
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            var calibration = Calibration.Fit(Exponential(random, points));
            rateAt30 += TrueRate(calibration, 1e-3) / Repeats;
            rateAt40 += TrueRate(calibration, 1e-4) / Repeats;
        }

        // Fewer points, more room for chance: within a factor of three, and never silent.
        Assert.InRange(rateAt30, 1e-3 / 3, 3e-3);
        Assert.InRange(rateAt40, 1e-4 / 5, 5e-4);
    }

    [Fact]
    public void P_is_the_share_of_scores_at_least_as_high_counting_the_row_itself()
    {
        var calibration = Calibration.Fit([3, 1, 4, 2]);

        Assert.Equal(1, calibration.PValue(0));
        Assert.Equal(1, calibration.PValue(1));
        Assert.Equal(4 / 5.0, calibration.PValue(2));
        Assert.Equal(3 / 5.0, calibration.PValue(2.5f));
        Assert.Equal(2 / 5.0, calibration.PValue(4));
        Assert.Equal(1 / 5.0, calibration.PValue(4.000001f), 1e-5);
        Assert.Equal(4, calibration.Count);
    }

    [Fact]
    public void P_never_rises_with_the_raw_score_and_is_never_0()
    {
        var calibration = Calibration.Fit(Exponential(new Random(1), 500));
        var last = 1.0;
        for (var raw = -1f; raw < 200; raw += 0.01f)
        {
            var p = calibration.PValue(raw);
            Assert.True(p <= last && p > 0, $"p({raw}) = {p} after {last}.");
            last = p;
        }

        Assert.InRange(calibration.PValue(float.PositiveInfinity), double.Epsilon, 1e-10);
        Assert.Equal(1, calibration.PValue(float.NegativeInfinity));
        Assert.Equal(1, calibration.PValue(float.NaN));
    }

    [Fact]
    public void Counting_agrees_with_counting_one_by_one_at_every_length()
    {
        var random = new Random(1);
        foreach (var length in Enumerable.Range(1, 70).Append(255).Append(256).Append(257).Append(4096).Append(4097).Append(5000))
        {
            // Few different values, so that ties are common.
            var scores = Enumerable.Range(0, length).Select(_ => (float)random.Next(10)).ToArray();
            var calibration = Calibration.Fit(scores);
            for (var raw = -0.5f; raw <= scores.Max(); raw += 0.5f)
                Assert.Equal((1.0 + scores.Count(score => score >= raw)) / (length + 1.0), calibration.PValue(raw));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public void Equal_scores_leave_one_step_above_them(int count)
    {
        var calibration = Calibration.Fit(Enumerable.Repeat(0.5f, count).ToArray());

        Assert.Equal(1, calibration.PValue(0.5f));
        Assert.Equal(1.0 / (count + 1), calibration.PValue(0.6f));
        Assert.Equal(1.0 / (count + 1), calibration.PValue(float.PositiveInfinity));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.2)]
    [InlineData(0.4)]
    public void The_tail_finds_the_shape_and_scale_it_was_drawn_with(double shape)
    {
        // The quantiles of a generalised Pareto distribution with scale 2, above a bound of 100.
        var scores = Enumerable.Range(0, 100_000).Select(i => (float)(100 + 2 * Excess(shape, (i + 0.5) / 100_000))).ToArray();

        var tail = ParetoTail.Fit(scores);

        // Above its 90 % quantile such a tail has the same shape, and scale + shape * (quantile - bound) for its scale.
        var scaleAbove = 2 + shape * 2 * Excess(shape, 0.9);
        Assert.Equal(shape, tail.Shape, 0.02);
        Assert.Equal(scaleAbove, tail.Scale, 0.03 * scaleAbove);
    }

    [Fact]
    public void A_tail_with_an_end_point_is_taken_as_exponential()
    {
        var tail = ParetoTail.Fit([.. Enumerable.Range(0, 1000).Select(i => i / 1000f)]);

        Assert.Equal(0, tail.Shape);
        Assert.Equal(0.05, tail.Scale, 0.001);
    }

    [Fact]
    public void A_calibration_that_was_written_and_read_gives_identical_p_values()
    {
        var calibration = Calibration.Fit(Exponential(new Random(1), 200));
        var writer = new ModelSectionWriter();
        calibration.Write(writer);

        var read = Calibration.Read(new ModelSectionReader("calibration", writer.ToArray()));

        for (var raw = -1f; raw < 50; raw += 0.1f)
            Assert.Equal(calibration.PValue(raw), read.PValue(raw));
    }

    [Fact]
    public void Forged_calibrations_are_refused()
    {
        AssertRefused([], 0, 1, 0);
        AssertRefused([2, 1], 0, 1, 0);
        AssertRefused([1, float.NaN], 0, 1, 0);
        AssertRefused([1, 2], float.NaN, 1, 0);
        AssertRefused([1, 2], 0, -1, 0);
        AssertRefused([1, 2], 0, double.Epsilon, 0);
        AssertRefused([1, 2], 0, double.NaN, 0);
        AssertRefused([1, 2], 0, 1, -0.1);
        AssertRefused([1, 2], 0, 1, 0.6);
    }

    [Fact]
    public void No_scores_and_scores_that_are_not_finite_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Calibration.Fit([]));
        Assert.Throws<ArgumentException>(() => Calibration.Fit([1, float.NaN]));
        Assert.Throws<ArgumentException>(() => Calibration.Fit([1, float.PositiveInfinity]));
    }

    private static void AssertRefused(float[] sorted, float bound, double scale, double shape)
    {
        var writer = new ModelSectionWriter();
        writer.WriteArray<float>(sorted);
        writer.WriteSingle(bound);
        writer.WriteDouble(scale);
        writer.WriteDouble(shape);
        Assert.Throws<ModelFileException>(() => Calibration.Read(new ModelSectionReader("calibration", writer.ToArray())));
    }

    private static float[] Exponential(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)-Math.Log(1 - random.NextDouble()))];

    private static double Excess(double shape, double share) =>
        shape == 0 ? -Math.Log(1 - share) : (Math.Pow(1 - share, -shape) - 1) / shape;

    /// <summary>exp(-x) at the lowest x with p(x) at most <paramref name="p"/>, by bisection.</summary>
    private static double TrueRate(Calibration calibration, double p)
    {
        float low = 0, high = 1000;
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = calibration.PValue(middle) <= p ? (low, middle) : (middle, high);
        }

        return Math.Exp(-high);
    }
}
