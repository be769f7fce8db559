using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Evaluation;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Detectors;

public sealed class KNearestNeighboursTests
{
    private static readonly FeatureMatrix Square = Some.Matrix([0, 0], [3, 0], [0, 4], [3, 4]);

    [Theory]
    [InlineData(1, NeighbourAggregate.Largest, 0)] // From (0, 0) the corners are at 0, 3, 4 and 5.
    [InlineData(2, NeighbourAggregate.Largest, 3)]
    [InlineData(4, NeighbourAggregate.Largest, 5)]
    [InlineData(3, NeighbourAggregate.Mean, 7.0 / 3)]
    [InlineData(4, NeighbourAggregate.Mean, 3)]
    [InlineData(3, NeighbourAggregate.Median, 3)]
    [InlineData(4, NeighbourAggregate.Median, 3.5)] // The mean of 3 and 4.
    [InlineData(1000, NeighbourAggregate.Largest, 5)] // More than there are: all.
    public void Scores_are_distances_to_the_neighbours(int neighbours, NeighbourAggregate aggregate, double expected)
    {
        var model = Fit(Square, new KNearestNeighboursOptions { Neighbours = neighbours, Aggregate = aggregate });

        Assert.Equal(expected, Scores(model, Some.Matrix([0, 0]))[0], 1e-6);
    }

    [Fact]
    public void Copies_are_neighbours_at_no_distance()
    {
        var model = Fit(Some.Matrix([1, 2], [1, 2], [1, 2], [1, 2], [1, 2], [1, 2], [9, 9]), new KNearestNeighboursOptions());

        Assert.Equal([0, 5], Scores(model, Some.Matrix([1, 2], [4, 6])));
    }

    [Fact]
    public void Values_that_are_not_finite_are_far_from_everything()
    {
        var model = Fit(Some.NormalMatrix(100, 2), new KNearestNeighboursOptions());

        var scores = Scores(model, Some.Matrix([float.NaN, 0], [float.PositiveInfinity, 0], [float.NegativeInfinity, 0], [float.MaxValue, 0]));

        Assert.All(scores, score => Assert.InRange(score, 1e18, 1e19));
    }

    [Fact]
    public void Huge_values_are_fitted_and_scored()
    {
        var rows = Some.Matrix([float.MaxValue, float.MinValue], [float.MinValue, float.MaxValue]);

        Assert.All(Scores(Fit(rows, new KNearestNeighboursOptions()), rows), score => Assert.True(float.IsFinite(score)));
    }

    [Fact]
    public void A_model_keeps_no_more_rows_than_allowed()
    {
        var model = Fit(Some.NormalMatrix(500, 2), new KNearestNeighboursOptions { MaxReferenceRows = 3 });

        Assert.Equal(3, model.ReferenceCount);
        Assert.Equal(3, model.Neighbours);
    }

    [Fact, Trait("Data", "Shared")]
    public void Published_figures_are_met_on_every_set()
    {
        foreach (var (name, figures) in AdBench.Published())
        {
            var (fit, test, labels) = AdBench.Load(name).OneClass();

            var area = 100 * Ranking.RocAuc(Scores(Fit(fit, new KNearestNeighboursOptions()), test), labels);

            // They are rounded to 0.01 themselves.
            Assert.True(Math.Abs(area - figures["KNN_published"]) <= 0.01, $"{name}: {area:F3}, published {figures["KNN_published"]}");
        }
    }

    [Fact, Trait("Data", "Shared")]
    public void The_mean_distance_reaches_its_line_on_nsl_kdd()
    {
        var set = IntrusionSet.NslKdd();
        var model = Fit(set.Fit.With(RowLabel.Normal), new KNearestNeighboursOptions { Aggregate = NeighbourAggregate.Mean });

        Assert.InRange(Ranking.RocAuc(Scores(model, set.Tests["KDDTest+"].Rows), set.Tests["KDDTest+"].Labels), 0.9646 - 0.01, 1);
        Assert.InRange(Ranking.RocAuc(Scores(model, set.Tests["KDDTest-21"].Rows), set.Tests["KDDTest-21"].Labels), 0.8601 - 0.01, 1);
    }

    private static KNearestNeighboursModel Fit(FeatureMatrix rows, KNearestNeighboursOptions options) =>
        (KNearestNeighboursModel)new KNearestNeighbours(options).Fit(rows, new FitSettings(1), default);

    private static float[] Scores(KNearestNeighboursModel model, FeatureMatrix rows)
    {
        var scores = new float[rows.RowCount];
        model.Score(rows, scores);
        return scores;
    }
}
