using AnomalyApi.Detection.Scoring;
using Xunit;

namespace AnomalyApi.Detection.Tests.Scoring;

public sealed class AnomalyScoreTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(0.1, 10)]
    [InlineData(0.01, 20)]
    [InlineData(0.001, 30)]
    [InlineData(0.0001, 40)]
    [InlineData(1e-10, 100)]
    [InlineData(1e-14, 100)]
    [InlineData(0, 100)]
    public void A_score_is_minus_ten_times_the_logarithm(double p, float score) => Assert.Equal(score, AnomalyScore.FromPValue(p));

    [Fact]
    public void Certainty_has_the_score_0_without_a_sign() => Assert.False(float.IsNegative(AnomalyScore.FromPValue(1)));

    [Fact]
    public void A_score_leads_back_to_its_p_value()
    {
        for (var score = 0f; score <= 100; score += 0.5f)
            Assert.Equal(score, AnomalyScore.FromPValue(AnomalyScore.ToPValue(score)), 1e-4);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void What_is_no_p_value_is_refused(double p) => Assert.Throws<ArgumentOutOfRangeException>(() => AnomalyScore.FromPValue(p));

    [Theory]
    [InlineData(-1)]
    [InlineData(101)]
    [InlineData(float.NaN)]
    public void What_is_no_score_is_refused(float score) => Assert.Throws<ArgumentOutOfRangeException>(() => AnomalyScore.ToPValue(score));

    [Theory]
    [InlineData(0, Severity.None)]
    [InlineData(29.99, Severity.None)]
    [InlineData(30, Severity.Low)]
    [InlineData(40, Severity.Medium)]
    [InlineData(50, Severity.High)]
    [InlineData(59.9, Severity.High)]
    [InlineData(60, Severity.Critical)]
    [InlineData(100, Severity.Critical)]
    public void A_score_on_a_bound_has_the_higher_severity(float score, Severity severity) => Assert.Equal(severity, new SeverityScale().Of(score));

    [Fact]
    public void A_scale_that_does_not_ascend_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new SeverityScale(low: 45));
        Assert.Throws<ArgumentException>(() => new SeverityScale(critical: 101));
        Assert.Throws<ArgumentException>(() => new SeverityScale(low: -1));
        Assert.Throws<ArgumentException>(() => new SeverityScale(medium: float.NaN));
    }
}
