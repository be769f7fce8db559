using AnomalyApi.Detection.Scoring;
using AnomalyApi.Testing;
using Xunit;
using static AnomalyApi.Detection.RowLabel;

namespace AnomalyApi.Detection.Tests.Scoring;

public sealed class FitWarningsTests
{
    [Fact]
    public void Ordinary_rows_raise_nothing() => Assert.Empty(FitWarnings.Of(Some.NormalMatrix(2000, 20), 1, default));

    [Fact]
    public void Rows_that_repeat_one_another_raise_a_warning()
    {
        // 600 of 1,000 rows are one row, give or take a hundredth of its spread.
        var rows = Some.NormalMatrix(1000, 20);
        for (var row = 400; row < 1000; row++)
        {
            for (var column = 0; column < 20; column++)
                rows.Row(row)[column] = 2 + 0.001f * (row % 3);
        }

        var warning = Assert.Single(FitWarnings.Of(rows, 1, default));
        Assert.Contains("60 % of the fitting rows are near copies", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_that_say_so_raise_a_warning()
    {
        var labels = Enumerable.Range(0, 100).Select(row => row < 55 ? Anomaly : Normal).ToArray();

        var warning = Assert.Single(FitWarnings.Of(new TrainingRows(Some.NormalMatrix(100, 2), labels), 1, default));
        Assert.Contains("55 % of the labelled fitting rows are anomalous", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Few_columns_or_rows_are_no_evidence()
    {
        Assert.Empty(FitWarnings.Of(new FeatureMatrix(new float[3000], 1000, 3), 1, default));
        Assert.Empty(FitWarnings.Of(new FeatureMatrix(new float[2000], 100, 20), 1, default));
    }

    [Fact]
    public void Scores_that_are_nearly_all_the_same_raise_a_warning()
    {
        float[] Scores(int equal) => [.. Enumerable.Range(0, 100).Select(row => row < equal ? 3f : row)];

        Assert.Contains("95 % of the rows", Assert.Single(FitWarnings.OfScores(Scores(95))), StringComparison.Ordinal);
        Assert.Empty(FitWarnings.OfScores(Scores(90)));
        Assert.Empty(FitWarnings.OfScores(new float[19]));
        Assert.Single(FitWarnings.OfScores(new float[20]));
    }

    [Fact, Trait("Data", "Shared")]
    public void Sets_with_as_many_attacks_as_normal_rows_look_so_without_labels_and_normal_rows_do_not()
    {
        foreach (var set in new[] { IntrusionSet.NslKdd(), IntrusionSet.UnswNb15() })
        {
            for (ulong seed = 1; seed <= 3; seed++)
            {
                Assert.Empty(FitWarnings.Of(set.Fit.With(Normal), seed, default));
                Assert.Single(FitWarnings.Of(set.Fit.Rows, seed, default));
            }
        }
    }
}
