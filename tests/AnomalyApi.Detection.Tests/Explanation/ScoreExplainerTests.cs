using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Explanation;
using AnomalyApi.Detection.Scoring;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Explanation;

public sealed class ScoreExplainerTests
{
    private const int Columns = 8;

    private static readonly ScoringModel Model = Fit(Columns);

    [Fact]
    public void The_feature_that_was_pushed_out_of_range_is_the_first_driver()
    {
        var rows = Some.NormalMatrix(200, Columns, seed: 3);
        var explainer = new ScoreExplainer(Model);
        int found = 0, right = 0;
        for (var row = 0; row < 200; row++)
        {
            rows.Row(row)[row % Columns] = row % 2 == 0 ? 8 : -8;
            var score = Score(Model, rows.Row(row));

            // Of a row that the detector does not find unusual, nothing can be said.
            if (score < 10)
                continue;

            found++;
            right += explainer.Explain(rows.Row(row), score)[0].Feature == row % Columns ? 1 : 0;
        }

        // Not all: where chance made a second feature odd, that one may be the better reason.
        Assert.True(found > 100 && right > 0.95 * found, $"{right} of {found} are right.");
    }

    [Fact]
    public void A_driver_shows_its_value_and_what_is_typical()
    {
        float[] row = [0, 0, 9, 0, 0, 0, 0, 0];

        var driver = new ScoreExplainer(Model).Explain(row, Score(Model, row))[0];

        Assert.Equal((2, 9f), (driver.Feature, driver.Value));
        Assert.Equal((Model.TypicalRanges[2].Low, Model.TypicalRanges[2].High), (driver.TypicalLow, driver.TypicalHigh));
        Assert.InRange(driver.TypicalHigh, 1.4, 1.9);
        Assert.InRange(driver.Share, 0.9, 1);
    }

    [Fact]
    public void Shares_sum_to_1_and_fall_from_driver_to_driver()
    {
        var explainer = new ScoreExplainer(Model);
        var rows = Some.NormalMatrix(100, Columns, seed: 4);
        for (var row = 0; row < 100; row++)
        {
            var drivers = explainer.Explain(rows.Row(row), Score(Model, rows.Row(row))).ToArray();

            Assert.Equal(5, drivers.Length);
            Assert.Equal(5, drivers.Select(driver => driver.Feature).Distinct().Count());
            Assert.Equal(1, drivers.Sum(driver => driver.Share), 1e-5);
            Assert.All(drivers, driver => Assert.InRange(driver.Share, 0, 1));
            Assert.Equal(drivers.Select(driver => driver.Share).OrderDescending(), drivers.Select(driver => driver.Share));
        }
    }

    [Fact]
    public void The_five_furthest_features_are_named()
    {
        float[] row = [3, 0, -4, 0, 5, 6, 0, -7];

        var features = new ScoreExplainer(Model).Explain(row, Score(Model, row)).ToArray().Select(driver => driver.Feature);

        Assert.Equal([0, 2, 4, 5, 7], features.Order());
    }

    [Fact]
    public void Without_any_fall_of_the_score_the_distances_share_it()
    {
        float[] row = [3, 0, 0, 0, 6, 0, 0, 0];

        var drivers = new ScoreExplainer(Model).Explain(row, score: 0);

        Assert.Equal((4, 0), (drivers[0].Feature, drivers[1].Feature));
        Assert.True(drivers[0].Share > drivers[1].Share && drivers[1].Share > drivers[2].Share);
    }

    [Fact]
    public void A_row_of_medians_has_equal_shares()
    {
        var row = Model.TypicalRanges.Select(range => range.Median).ToArray();

        Assert.All(new ScoreExplainer(Model).Explain(row, Score(Model, row)).ToArray(), driver => Assert.Equal(0.2f, driver.Share, 1e-6f));
    }

    [Fact]
    public void A_model_of_few_features_has_as_many_drivers()
    {
        var model = Fit(2);
        float[] row = [0, 7];

        var drivers = new ScoreExplainer(model).Explain(row, Score(model, row));

        Assert.Equal([1, 0], drivers.ToArray().Select(driver => driver.Feature));
    }

    [Fact]
    public void A_value_that_is_not_finite_is_explained_too()
    {
        float[] row = [0, 0, float.NaN, 0, 0, 0, 0, 0];

        var drivers = new ScoreExplainer(Model).Explain(row, Score(Model, row)).ToArray();

        Assert.Contains(drivers, driver => driver.Feature == 2);
        Assert.Equal(1, drivers.Sum(driver => driver.Share), 1e-5);
    }

    [Fact]
    public void Explaining_does_not_allocate()
    {
        var explainer = new ScoreExplainer(Model);
        float[] row = [3, 0, -4, 0, 5, 6, 0, -7];
        explainer.Explain(row, 50);

        var before = GC.GetAllocatedBytesForCurrentThread();
        explainer.Explain(row, 50);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_row_of_another_width_is_refused() =>
        Assert.Throws<ArgumentException>(() => new ScoreExplainer(Model).Explain([1, 2], 30).Length);

    private static ScoringModel Fit(int columns) =>
        ScoringModel.Fit(
            Some.Schema(columns),
            new IsolationForest(new IsolationForestOptions()),
            Some.NormalMatrix(2000, columns),
            Some.NormalMatrix(5000, columns, seed: 2),
            threshold: 30,
            new FitSettings(1),
            default);

    private static float Score(ScoringModel model, Span<float> row)
    {
        var scores = new float[1];
        model.Score(new FeatureMatrix(row.ToArray(), 1, row.Length), new double[1], scores);
        return scores[0];
    }
}
