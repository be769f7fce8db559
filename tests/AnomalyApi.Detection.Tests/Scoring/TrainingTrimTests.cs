using AnomalyApi.Detection.Scoring;
using Xunit;

namespace AnomalyApi.Detection.Tests.Scoring;

public sealed class TrainingTrimTests
{
    [Fact]
    public void Fitting_keeps_what_is_below_the_threshold_or_was_never_scored() =>
        Assert.Equal([0, 2, 4], TrainingTrim.ForFit([10, 30, float.NaN, 50, 29.9f], threshold: 30));

    [Fact]
    public void Calibrating_keeps_every_row_of_normal_traffic()
    {
        // 1,000 rows, of which a threshold of 20 expects 10 above it; chance may well give 15.
        var scores = Scores(1000, above: 15);

        Assert.Equal(1000, TrainingTrim.ForCalibration(scores, threshold: 20).Length);
    }

    [Fact]
    public void Calibrating_drops_the_most_extreme_of_an_excess()
    {
        var scores = Scores(1000, above: 100);

        var kept = TrainingTrim.ForCalibration(scores, threshold: 20);

        Assert.Equal(910, kept.Length);
        Assert.Equal(kept.Order(), kept);
        var keptAbove = kept.Select(row => scores[row]).Where(score => score >= 20).Order().ToArray();
        Assert.Equal(scores.Where(score => score >= 20).Order().Take(10), keptAbove);
    }

    [Fact]
    public void Rows_never_scored_are_kept_and_not_counted()
    {
        float[] scores = [.. Scores(1000, above: 100), .. Enumerable.Repeat(float.NaN, 5000)];

        Assert.Equal(5910, TrainingTrim.ForCalibration(scores, threshold: 20).Length);
        Assert.Equal(3, TrainingTrim.ForCalibration([float.NaN, float.NaN, float.NaN], threshold: 20).Length);
    }

    [Fact]
    public void Among_equal_scores_the_earlier_row_stays()
    {
        var scores = new float[1000];
        scores.AsSpan(500, 100).Fill(60);

        var kept = TrainingTrim.ForCalibration(scores, threshold: 20);

        Assert.Equal(Enumerable.Range(500, 10), kept.Where(row => scores[row] == 60));
    }

    [Fact]
    public void Nothing_to_trim_is_nothing()
    {
        Assert.Empty(TrainingTrim.ForFit([], 30));
        Assert.Empty(TrainingTrim.ForCalibration([], 30));
        Assert.Equal([0, 1], TrainingTrim.ForCalibration([0, 100], threshold: 0));
    }

    [Fact]
    public void A_threshold_that_is_no_score_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => TrainingTrim.ForFit([1], -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => TrainingTrim.ForCalibration([1], float.NaN));
    }

    /// <summary>Scores of which every tenth is 20 or more, each a different one, until there are enough.</summary>
    private static float[] Scores(int count, int above) =>
        [.. Enumerable.Range(0, count).Select(i => i % 10 == 0 && i / 10 < above ? 20 + (i * 7 % 1000) / 20f : 5f)];

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.5)]
    [InlineData(1.7)]
    public void Traffic_without_attacks_is_recalibrated_on_whole_whatever_its_spread(double rate)
    {
        // rate 1: the scores a right calibration gives; 0.5: p = 0.1 now for what was p = 0.01.
        var scores = Exponential(20_000, rate);

        Assert.Equal(20_000, TrainingTrim.ForRecalibration(scores, scores).Length);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.8)]
    public void Attacks_are_left_out_of_a_recalibration(double rate)
    {
        // One row in six is an attack with a score of about 25.
        var normal = Exponential(1000, rate);
        float[] scores = [.. normal, .. Exponential(200, rate: 4).Select(score => 22 + score)];

        var kept = TrainingTrim.ForRecalibration(scores, scores);

        Assert.InRange(kept.Count(row => row >= 1000), 0, 2);
        Assert.InRange(kept.Count(row => row < 1000), normal.Count(score => score < 22), 1000);
    }

    [Fact]
    public void A_heap_that_the_calibration_expects_is_kept_without_a_word()
    {
        // 2 % of the rows stand far apart, and p = 0.02 is what a score of 17 says of them.
        float[] raw = [.. Exponential(2000, 1), .. Exponential(40, 1).Select(score => 200 + score)];

        var kept = TrainingTrim.ForRecalibration(raw, Array.ConvertAll(raw, value => Math.Min(17, value)), out var warning);

        Assert.Equal(2040, kept.Length);
        Assert.Null(warning);
        Assert.Equal(2000, TrainingTrim.ForRecalibration(raw, Array.ConvertAll(raw, value => Math.Min(100, value))).Length);
    }

    [Theory]
    [InlineData(30, 0, null)]
    [InlineData(200, 0, "17 % of the rows stand apart at the high end and were left out")]
    [InlineData(350, 350, "26 % of the rows stand apart at the high end, too many")]
    [InlineData(900, 900, "47 % of the rows stand apart at the high end, too many")]
    public void A_heap_is_left_out_only_while_it_is_small_and_a_warning_says_what_was_done(int attacks, int kept, string? said)
    {
        float[] scores = [.. Exponential(1000, 1), .. Exponential(attacks, rate: 4).Select(score => 60 + score)];

        var rows = TrainingTrim.ForRecalibration(scores, scores, out var warning);

        Assert.Equal(kept, rows.Count(row => row >= 1000));
        Assert.InRange(rows.Length, 1000 + kept, 1000 + kept);
        if (said is null)
            Assert.Null(warning);
        else
            Assert.StartsWith(said, warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_other_rows_are_strange_too_a_heap_is_kept_and_a_warning_says_so()
    {
        // 37 % of the others reach the score that one in twenty had: 10^(-13.01 / 10 / 3).
        float[] raw = [.. Exponential(2000, 1.0 / 3), .. Exponential(100, 4).Select(score => 150 + score)];

        var kept = TrainingTrim.ForRecalibration(raw, Array.ConvertAll(raw, value => Math.Min(100, value)), out var warning);

        Assert.Equal(2100, kept.Length);
        Assert.StartsWith("4.8 % of the rows stand apart at the high end, but 3", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_have_no_lower_ones_to_stand_apart_from_are_all_kept()
    {
        Assert.Equal(69, Kept([.. Enumerable.Repeat(5f, 69), .. Enumerable.Repeat(40f, 20)]));
        Assert.Equal(49, Kept([.. Enumerable.Repeat(5f, 29), .. Enumerable.Repeat(40f, 20)]));
        Assert.Equal(49, Kept([.. Enumerable.Repeat(5f, 20), .. Enumerable.Repeat(40f, 29)]));
        Assert.Equal(20, Kept([.. Enumerable.Repeat(40f, 20)]));
        Assert.Equal(3, Kept([1, 2, 50]));
        Assert.Equal(0, Kept([]));
        Assert.Throws<ArgumentException>(() => TrainingTrim.ForRecalibration([1, 2], [1]));

        static int Kept(float[] scores) => TrainingTrim.ForRecalibration(scores, scores).Length;
    }

    /// <summary>Scores of which the share above t is 10^(-rate t / 10).</summary>
    private static float[] Exponential(int count, double rate)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, count).Select(_ => (float)Math.Min(100, -10 * Math.Log10(1 - random.NextDouble()) / rate))];
    }
}
