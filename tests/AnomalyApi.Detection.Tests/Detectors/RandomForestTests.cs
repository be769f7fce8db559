using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Evaluation;
using AnomalyApi.Detection.Explanation;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Detectors;

public sealed class RandomForestTests
{
    private const RowLabel N = RowLabel.Normal;
    private const RowLabel A = RowLabel.Anomaly;

    private static readonly RandomForestOptions Stump = new() { Trees = 1, Leaves = 2, Bootstrap = false, ClassWeighting = ClassWeighting.None };

    [Fact]
    public void Leaves_hold_the_log_odds_of_their_rows()
    {
        // Cut between 2 and 3: no anomaly and two normal rows on the left, ln ((0 + 1) / (2 + 1)) = -ln 3; the right mirrors it.
        var model = Fit(Stump, Some.Matrix([1], [2], [3], [4]), N, N, A, A);

        Assert.Equal([-MathF.Log(3), -MathF.Log(3), MathF.Log(3)], Scores(model, Some.Matrix([0], [2.4f], [2.5f])), Near);
    }

    [Fact]
    public void Balanced_classes_have_the_same_say()
    {
        // Weights 2/3 for each of three normal rows and 2 for the anomaly: both leaves weigh 2, as above.
        var model = Fit(Stump with { ClassWeighting = ClassWeighting.Balanced }, Some.Matrix([1], [2], [3], [4]), N, N, N, A);

        Assert.Equal([-MathF.Log(3), MathF.Log(3)], Scores(model, Some.Matrix([1], [4])), Near);
    }

    [Fact]
    public void The_cut_takes_most_from_the_Gini_impurity()
    {
        // 3 normal rows, 3 anomalies: impurity 6 x 2 x 1/4 = 3. Column 0 parts 2 normal rows from the rest: 4 x 2 x 1/4 x 3/4 = 1.5 is left.
        // Column 1 parts 2 normal rows and an anomaly from the others: 2 x 3 x 2 x 2/9 = 2.67 is left. So column 0 is cut.
        var rows = Some.Matrix([0, 0], [0, 0], [1, 1], [1, 0], [1, 1], [1, 1]);
        var model = Fit(Stump with { ColumnShare = 1 }, rows, N, N, N, A, A, A);

        Assert.Equal(0, model.Trees.Nodes[0].Column);
        Assert.Equal(0.5f, model.Trees.Nodes[0].Threshold);
    }

    [Fact]
    public void The_leaf_that_gains_most_is_cut_first()
    {
        // Two anomalies among normal rows of larger values. G = 2 of H = 8 in all, G^2 / H = 1/2. Cut at 7.5: 2^2 / 4 - 1/2 = 1/2; at 12.5:
        // 2^2 / 6 - 1/2 = 1/6. Then the right side of four rows mixes both kinds, while the left is pure.
        var rows = Some.Matrix([1], [2], [3], [4], [11], [12], [13], [14]);
        var model = Fit(Stump with { Leaves = 3 }, rows, N, N, N, N, A, A, N, N);

        Assert.Equal([7.5f, 12.5f], model.Trees.Nodes.Where(node => !node.IsLeaf).Select(node => node.Threshold));
    }

    [Fact]
    public void The_out_of_bag_estimate_is_near_what_new_rows_give()
    {
        var rows = Some.NormalMatrix(3000, 5);
        var test = Some.NormalMatrix(3000, 5, seed: 2);
        var random = new Random(3);
        RowLabel[] Labels(FeatureMatrix of) =>
            [.. Enumerable.Range(0, 3000).Select(row => of.Row(row)[0] + of.Row(row)[1] + 2 * random.NextDouble() > 2 ? A : N)];
        var model = Fit(new RandomForestOptions(), rows, Labels(rows));

        var area = Ranking.RocAuc(Scores(model, test), Labels(test));

        Assert.Equal(area, model.OutOfBagAuc, 0.02);
        Assert.InRange(model.OutOfBagError, 0.05, 0.3);
    }

    [Fact]
    public void Noise_has_an_out_of_bag_estimate_near_one_half()
    {
        var random = new Random(1);
        var model = Fit(
            new RandomForestOptions(), Some.NormalMatrix(2000, 4), [.. Enumerable.Range(0, 2000).Select(_ => random.Next(2) == 0 ? N : A)]);

        Assert.Equal(0.5, model.OutOfBagAuc, 0.05);
        Assert.Equal(0.5, model.OutOfBagError, 0.05);
    }

    [Fact]
    public void Without_bootstrap_there_is_no_out_of_bag_estimate()
    {
        var model = Fit(Stump, Some.Matrix([1], [2], [3], [4]), N, N, A, A);

        Assert.True(double.IsNaN(model.OutOfBagAuc) && double.IsNaN(model.OutOfBagError));
    }

    [Fact]
    public void A_bag_holds_each_row_a_Poisson_number_of_times()
    {
        var bag = new ForestBag(new TrainingRows(Some.NormalMatrix(20_000, 1), new RowLabel[20_000]), new RandomForestOptions { Trees = 5 }, seed: 1);

        for (var tree = 0; tree < 5; tree++)
        {
            var copies = Enumerable.Range(0, 20_000).Select(row => bag.Copies(tree, row)).ToArray();
            Assert.Equal(1, copies.Average(), 0.03);

            // e^-1 of the rows are left out, as many are there once, and half as many twice.
            Assert.Equal(1 / Math.E, copies.Count(count => count == 0) / 20_000.0, 0.015);
            Assert.Equal(1 / Math.E, copies.Count(count => count == 1) / 20_000.0, 0.015);
            Assert.Equal(0.5 / Math.E, copies.Count(count => count == 2) / 20_000.0, 0.015);
        }
    }

    [Fact]
    public void Missing_values_learn_where_to_go()
    {
        var model = Fit(Stump, Some.Matrix([1], [2], [3], [4], [float.NaN], [float.NaN]), A, A, N, N, A, A);

        var scores = Scores(model, Some.Matrix([1], [4], [float.NaN]));

        Assert.Equal(scores[0], scores[2]);
        Assert.NotEqual(scores[1], scores[2]);
    }

    [Fact]
    public void The_trees_of_an_explanation_add_up_to_the_score()
    {
        var rows = Some.NormalMatrix(500, 4);
        var model = Fit(new RandomForestOptions(), rows, [.. Enumerable.Range(0, 500).Select(row => rows.Row(row)[2] > 0.3f ? A : N)]);

        var ensemble = ((ITreeModel)model).ToTreeEnsemble();

        var scores = Scores(model, rows);
        for (var row = 0; row < rows.RowCount; row++)
            Assert.Equal(scores[row], ensemble.RawScore(ensemble.Sum(rows.Row(row))), 1e-4);
    }

    [Fact, Trait("Data", "Shared")]
    public void The_reference_figure_of_the_official_split_is_reached()
    {
        // scikit-learn has 0.9606 on KDDTest+.
        var set = IntrusionSet.NslKdd();
        var model = new RandomForest(new RandomForestOptions()).Fit(set.Fit.Labelled, new FitSettings(1, MaxThreads: 2), default);

        Assert.InRange(Ranking.RocAuc(Scores(model, set.Tests["KDDTest+"].Rows), set.Tests["KDDTest+"].Labels), 0.9506, 1);
    }

    private static RandomForestModel Fit(RandomForestOptions options, FeatureMatrix rows, params RowLabel[] labels) =>
        (RandomForestModel)new RandomForest(options).Fit(new TrainingRows(rows, labels), new FitSettings(1), default);

    private static float[] Scores(IDetectorModel model, FeatureMatrix rows)
    {
        var scores = new float[rows.RowCount];
        model.Score(rows, scores);
        return scores;
    }

    private static bool Near(float expected, float actual) => Math.Abs(expected - actual) < 1e-6;
}
