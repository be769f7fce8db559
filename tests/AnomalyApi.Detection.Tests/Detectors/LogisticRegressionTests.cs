using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Evaluation;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Detectors;

public sealed class LogisticRegressionTests
{
    [Fact]
    public void Two_groups_give_the_log_odds_of_each()
    {
        // 1 of 4 rows at 0 and 3 of 4 rows at 1 are anomalies. Without a penalty both groups are fitted exactly: ln(1/3) at 0, ln(3) at 1,
        // so the intercept is -ln 3 and the weight 2 ln 3. Both classes have four rows, so weighting changes nothing.
        var model = Fit(
            Some.Matrix([0], [0], [0], [0], [1], [1], [1], [1]), row => row is 0 or 4 or 5 or 6, new LogisticRegressionOptions { L2 = 0 });

        Assert.Equal(-Math.Log(3), model.Intercept, 1e-5);
        Assert.Equal(2 * Math.Log(3), model.Weights[0], 1e-5);
    }

    [Fact]
    public void Balanced_classes_move_the_intercept_by_the_log_of_their_ratio()
    {
        // A column that says nothing, one row in five an anomaly: ln(0.2 / 0.8) as they are, ln 1 with the same say for both.
        var rows = new FeatureMatrix(new float[50], 50, 1);

        Assert.Equal(
            -Math.Log(4), Fit(rows, row => row % 5 == 0, new LogisticRegressionOptions { ClassWeighting = ClassWeighting.None }).Intercept, 1e-5);
        Assert.Equal(0, Fit(rows, row => row % 5 == 0, new LogisticRegressionOptions()).Intercept, 1e-5);
    }

    [Fact]
    public void The_gradient_of_the_penalised_loss_vanishes()
    {
        // At the minimum sum_i c_i (p_i - t_i) z_ij / n + L2 v_j = 0 for each standardised column z_j of weight v_j (Bishop, equation 4.91).
        const double L2 = 0.05;
        var rows = Some.NormalMatrix(200, 3);
        bool IsAnomaly(int row) => rows.Row(row)[0] + rows.Row(row)[1] * 0.5 > 0.8;
        var model = Fit(rows, IsAnomaly, new LogisticRegressionOptions { L2 = L2, ClassWeighting = ClassWeighting.None });
        for (var column = 0; column < 3; column++)
        {
            var values = Enumerable.Range(0, 200).Select(row => (double)rows.Row(row)[column]).ToArray();
            var mean = values.Average();
            var scale = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
            var gradient = L2 * model.Weights[column] * scale;
            for (var row = 0; row < 200; row++)
            {
                var logOdds = model.Intercept;
                for (var other = 0; other < 3; other++)
                    logOdds += model.Weights[other] * rows.Row(row)[other];

                gradient += (1 / (1 + Math.Exp(-logOdds)) - (IsAnomaly(row) ? 1 : 0)) * (values[row] - mean) / scale / 200;
            }

            Assert.Equal(0, gradient, 1e-6);
        }
    }

    [Fact]
    public void The_unit_of_a_column_changes_its_weight_and_nothing_else()
    {
        var rows = Some.NormalMatrix(500, 4);
        var scaled = Some.NormalMatrix(500, 4);
        float[] units = [1e-12f, 1, 1e6f, 1e20f];
        for (var row = 0; row < 500; row++)
        {
            for (var column = 0; column < 4; column++)
                scaled.Row(row)[column] *= units[column];
        }

        bool IsAnomaly(int row) => rows.Row(row)[0] + rows.Row(row)[2] + rows.Row(row)[3] > 1.5;
        var plain = Fit(rows, IsAnomaly, new LogisticRegressionOptions());
        var model = Fit(scaled, IsAnomaly, new LogisticRegressionOptions());

        // Scaling rounds in single precision, 6e-8 of each value.
        for (var column = 0; column < 4; column++)
            Assert.Equal(plain.Weights[column], model.Weights[column] * units[column], 1e-4);
    }

    [Fact]
    public void Classes_that_a_plane_divides_without_fault_give_finite_weights()
    {
        foreach (var l2 in new[] { 0, 1e-4 })
        {
            var model = Fit(Some.NormalMatrix(300, 3), row => Some.NormalMatrix(300, 3).Row(row)[0] > 0, new LogisticRegressionOptions { L2 = l2 });

            Assert.All(model.Weights.ToArray(), weight => Assert.True(double.IsFinite(weight)));
            Assert.True(model.Weights[0] > 3);
        }
    }

    [Fact]
    public void Missing_is_scored_as_the_mean_of_its_column_and_infinity_as_the_largest_value()
    {
        var model = Fit(Some.Matrix([0, 5], [2, 5.5f], [4, 4.5f], [6, 5]), row => row >= 2, new LogisticRegressionOptions());
        var scores = new float[4];

        model.Score(Some.Matrix([float.NaN, 5], [3, 5], [float.PositiveInfinity, 5], [float.MaxValue, 5]), scores);

        Assert.Equal(scores[1], scores[0], 1e-6f);
        Assert.Equal(scores[3], scores[2]);
    }

    /// <summary>The reference reaches 0.7808 on KDDTest+. The default penalty was chosen by validation rows, where it gives 0.9966, and comes
    /// to 0.7800 here; ten times as much gives 0.8017, but 0.9964 on validation. Hence the margin of 0.01.</summary>
    [Fact, Trait("Data", "Shared")]
    public void Attacks_of_NslKdd_are_found_as_well_as_by_the_reference()
    {
        var set = IntrusionSet.NslKdd();
        var model = new LogisticRegression(new LogisticRegressionOptions()).Fit(
            set.Fit.Labelled, new FitSettings(1, Environment.ProcessorCount), default);
        var test = set.Tests["KDDTest+"];
        var scores = new float[test.Rows.RowCount];

        model.Score(test.Rows, scores);

        Assert.InRange(Ranking.RocAuc(scores, test.Labels), 0.7808 - 0.01, 1);
    }

    private static LogisticRegressionModel Fit(FeatureMatrix rows, Func<int, bool> isAnomaly, LogisticRegressionOptions options)
    {
        RowLabel[] labels = [.. Enumerable.Range(0, rows.RowCount).Select(row => isAnomaly(row) ? RowLabel.Anomaly : RowLabel.Normal)];
        return (LogisticRegressionModel)new LogisticRegression(options).Fit(new TrainingRows(rows, labels), new FitSettings(1), default);
    }
}
