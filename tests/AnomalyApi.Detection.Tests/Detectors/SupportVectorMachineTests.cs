using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Files;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Detectors;

public sealed class SupportVectorMachineTests
{
    // e^-1, the kernel of two rows at distance 1 with gamma 1.
    private static readonly double K = Math.Exp(-1);

    private static readonly SupportVectorMachineOptions Rbf = new() { Gamma = 1, ClassWeighting = ClassWeighting.None, Tolerance = 1e-6 };

    private static readonly SupportVectorMachineOptions Linear = new()
    {
        Kernel = SupportVectorKernel.Linear, ClassWeighting = ClassWeighting.None, Tolerance = 1e-6, MaxSweeps = 10_000,
    };

    [Fact]
    public void Two_rows_with_room_to_move_lie_on_their_margins()
    {
        // The multiplier a of both maximises 2a - a^2 (1 - K): a = 1 / (1 - K). f(x) = a (k(x, 1) - k(x, 0)), so f(1) = 1 and f(0) = -1.
        var scores = Scores(Fit(Labelled([0], [1]), Rbf with { Cost = 10 }), Some.Matrix([0], [1], [2]));

        Assert.Equal(-1, scores[0], 1e-5);
        Assert.Equal(1, scores[1], 1e-5);
        Assert.Equal((Math.Exp(-1) - Math.Exp(-4)) / (1 - K), scores[2], 1e-5);
    }

    [Fact]
    public void Two_rows_at_the_cost_score_as_derived_by_hand()
    {
        // Both multipliers stop at 1; between the slopes that the bounds allow, -K and K, the intercept is 0.
        var scores = Scores(Fit(Labelled([0], [1]), Rbf with { Cost = 1 }), Some.Matrix([0], [1], [2]));

        Assert.Equal(K - 1, scores[0], 1e-6);
        Assert.Equal(1 - K, scores[1], 1e-6);
        Assert.Equal(Math.Exp(-1) - Math.Exp(-4), scores[2], 1e-6);
    }

    [Fact]
    public void Balanced_weights_let_one_anomaly_count_as_much_as_three_normal_rows()
    {
        // Costs are 0.1 x 4 / (2 x 1) = 0.2 for the anomaly and 0.1 x 4 / (2 x 3) for each normal row, and all stop there:
        // f(x) = 0.2 (k(x, 1) - k(x, 0)).
        var rows = new TrainingRows(
            Some.Matrix([0], [0], [0], [1]), new[] { RowLabel.Normal, RowLabel.Normal, RowLabel.Normal, RowLabel.Anomaly });

        var scores = Scores(Fit(rows, Rbf with { Cost = 0.1, ClassWeighting = ClassWeighting.Balanced }), Some.Matrix([0], [1]));

        Assert.Equal(0.2 * (K - 1), scores[0], 1e-6);
        Assert.Equal(0.2 * (1 - K), scores[1], 1e-6);
    }

    [Fact]
    public void A_straight_boundary_with_hinge_loss_is_as_derived_by_hand()
    {
        // Rows 1 (normal) and 3 (anomaly), each with a column of ones: Q = [2 -4; -4 10], Q a = (1, 1), a = (3.5, 1.5).
        // w = 3 x 1.5 - 1 x 3.5 = 1 and the intercept is 1.5 - 3.5 = -2.
        var model = Fit(Labelled([1], [3]), Linear with { Cost = 10, Loss = SupportVectorLoss.Hinge });

        Assert.Equal(1, model.Weights[0], 1e-4);
        Assert.Equal(-2, model.Intercept, 1e-4);
    }

    [Fact]
    public void A_straight_boundary_with_squared_hinge_loss_is_as_derived_by_hand()
    {
        // Rows -1 and 1: Q = [2 0; 0 2] + 1 / (2 cost) on the diagonal, so both multipliers are 1 / 2.5 and w = 0.8.
        var model = Fit(Labelled([-1], [1]), Linear with { Cost = 1 });

        Assert.Equal(0.8, model.Weights[0], 1e-5);
        Assert.Equal(0, model.Intercept, 1e-5);
    }

    [Theory]
    [InlineData(SupportVectorLoss.Hinge)]
    [InlineData(SupportVectorLoss.SquaredHinge)]
    public void A_straight_boundary_meets_the_conditions_of_the_optimum_with_rows_set_aside(SupportVectorLoss loss)
    {
        var rows = Some.NormalMatrix(400, 6);
        sbyte[] signs = [.. Enumerable.Range(0, 400).Select(row => rows.Row(row)[0] + 0.5 * rows.Row(row)[1] > 0.3 ? (sbyte)1 : (sbyte)-1)];
        double[] costs = [.. signs.Select(sign => sign > 0 ? 2.0 : 0.5)];
        var descent = new DualCoordinateDescent(rows, signs, costs, loss);

        var sweeps = descent.Solve(1e-4, 100_000, seed: 1, progress: null, default);

        Assert.InRange(sweeps, 2, 99_999);
        for (var row = 0; row < 400; row++)
        {
            var value = descent.Intercept;
            for (var column = 0; column < 6; column++)
                value += descent.Weights[column] * rows.Row(row)[column];

            var multiplier = descent.Multipliers[row];
            var gradient = signs[row] * value - 1 + (loss == SupportVectorLoss.Hinge ? 0 : multiplier / (2 * costs[row]));
            if (multiplier > 0)
                Assert.InRange(gradient, double.MinValue, 1.1e-4);
            if (loss == SupportVectorLoss.SquaredHinge || multiplier < costs[row])
                Assert.InRange(gradient, -1.1e-4, double.MaxValue);
        }
    }

    [Fact]
    public void The_radial_kernel_finds_a_ring_that_no_line_can()
    {
        var rows = Some.NormalMatrix(1000, 2);
        RowLabel[] labels = [.. Enumerable.Range(0, 1000).Select(row => IsRing(rows, row) ? RowLabel.Anomaly : RowLabel.Normal)];
        var test = Some.NormalMatrix(1000, 2, seed: 2);

        var scores = Scores(Fit(new TrainingRows(rows, labels), new() { Cost = 100 }), test);

        Assert.InRange(scores.Where((score, row) => score > 0 == IsRing(test, row)).Count(), 970, 1000);
    }

    [Fact]
    public void Of_more_rows_than_allowed_a_sample_with_half_of_the_rarer_class_is_taken_and_costs_make_up_for_it()
    {
        RowLabel[] labels = [.. Enumerable.Range(0, 1000).Select(row => row < 70 ? RowLabel.Anomaly : RowLabel.Normal)];
        var rows = new TrainingRows(Some.NormalMatrix(1000, 2), labels);

        var sample = SupportVectorSample.Take(rows, 100, seed: 1);
        Assert.Equal(50, sample.Rows.Count(RowLabel.Anomaly));
        Assert.Equal(50, sample.Rows.Count(RowLabel.Normal));
        Assert.Equal(70 / 50.0, sample.AnomalyWeight);
        Assert.Equal(930 / 50.0, sample.NormalWeight);

        sample = SupportVectorSample.Take(rows, 200, seed: 1);
        Assert.Equal(70, sample.Rows.Count(RowLabel.Anomaly));
        Assert.Equal(130, sample.Rows.Count(RowLabel.Normal));
        Assert.Equal(1, sample.AnomalyWeight);

        Assert.Equal(1000, SupportVectorSample.Take(rows, 1000, seed: 1).Rows.RowCount);
    }

    [Fact]
    public void A_straight_model_is_read_as_it_was_written_and_takes_what_is_not_finite()
    {
        var rows = Some.NormalMatrix(300, 3);
        var model = Fit(
            new TrainingRows(rows, Enumerable.Range(0, 300).Select(row => rows.Row(row)[0] > 1 ? RowLabel.Anomaly : RowLabel.Normal).ToArray()),
            Linear);
        var writer = new ModelSectionWriter();
        model.Write(writer);
        var read = SupportVectorMachineModel.Read(new ModelSectionReader("detector", writer.ToArray()));

        Assert.Equal(Scores(model, rows), Scores(read, rows));
        var scores = Scores(model, Some.Matrix([float.NaN, 1, 1], [0, 1, 1], [float.PositiveInfinity, 0, 0], [float.NegativeInfinity, 0, 0]));
        Assert.Equal(scores[1], scores[0]);
        Assert.True(scores[2] > 1e9 && scores[3] < -1e9 && float.IsFinite(scores[2]) && float.IsFinite(scores[3]));
    }

    [Fact]
    public void Copies_with_both_labels_are_fitted()
    {
        var rows = new TrainingRows(
            Some.Matrix([1, 2], [1, 2], [1, 2], [1, 2]), new[] { RowLabel.Normal, RowLabel.Anomaly, RowLabel.Normal, RowLabel.Anomaly });

        Assert.Equal(0, Scores(Fit(rows, new()), Some.Matrix([1, 2]))[0], 1e-5);
        Assert.Equal(0, Scores(Fit(rows, Linear), Some.Matrix([1, 2]))[0], 1e-5);
    }

    private static bool IsRing(FeatureMatrix rows, int row) =>
        rows.Row(row)[0] * rows.Row(row)[0] + rows.Row(row)[1] * rows.Row(row)[1] is > 1 and < 4;

    /// <summary>A normal row and an anomaly.</summary>
    private static TrainingRows Labelled(float[] normal, float[] anomaly) =>
        new(Some.Matrix(normal, anomaly), new[] { RowLabel.Normal, RowLabel.Anomaly });

    private static SupportVectorMachineModel Fit(TrainingRows rows, SupportVectorMachineOptions options) =>
        (SupportVectorMachineModel)new SupportVectorMachine(options).Fit(rows, new FitSettings(1), default);

    private static float[] Scores(SupportVectorMachineModel model, FeatureMatrix rows)
    {
        var scores = new float[rows.RowCount];
        model.Score(rows, scores);
        return scores;
    }
}
