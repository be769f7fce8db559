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
}
