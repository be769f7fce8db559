using AnomalyApi.Detection.Explanation;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Explanation;

public sealed class TreeEnsembleTests
{
    public static TheoryData<string> Names { get; } = new(DetectorCatalog.All.Select(detector => detector.Name));

    [Theory, MemberData(nameof(Names))]
    public void The_trees_of_a_model_give_the_raw_scores_of_the_model(string name)
    {
        var rows = Some.NormalMatrix(300, 5);
        var labels = Enumerable.Range(0, 300).Select(row => rows.Row(row)[0] > 1 ? RowLabel.Anomaly : RowLabel.Normal).ToArray();
        var model = DetectorCatalog.Get(name).Create(null).Fit(new TrainingRows(rows, labels), new FitSettings(1), default);
        if (model is not ITreeModel treeModel)
            return;

        var unusual = Some.NormalMatrix(50, 5, seed: 2);
        for (var row = 0; row < 50; row++)
            unusual.Row(row)[row % 5] = (row % 4) switch { 0 => float.NaN, 1 => float.PositiveInfinity, 2 => float.NegativeInfinity, _ => 9 };

        var trees = treeModel.ToTreeEnsemble();
        foreach (var matrix in new[] { rows, unusual })
        {
            var scores = new float[matrix.RowCount];
            model.Score(matrix, scores);
            for (var row = 0; row < scores.Length; row++)
                Assert.Equal(scores[row], trees.RawScore(trees.Sum(matrix.Row(row))), 1e-4 * (1 + Math.Abs(scores[row])));
        }
    }

    [Fact]
    public void A_row_goes_left_below_the_threshold_and_where_missing_values_go()
    {
        // x0 < 2 (missing left) ? (x1 < 0 (missing right) ? 1 : 2) : 4, and 10 to begin with.
        var trees = new TreeEnsemble(
            2,
            [new(0, 2, 1, 2, true, 0), new(1, 0, 3, 4, false, 0), TreeNode.Leaf(4), TreeNode.Leaf(1), TreeNode.Leaf(2)],
            [0],
            offset: 10,
            link: sum => -sum);

        Assert.Equal(11, trees.Sum([1, -1]));
        Assert.Equal(12, trees.Sum([float.NaN, float.NaN]));
        Assert.Equal(14, trees.Sum([2, -1]));
        Assert.Equal(-3, trees.RawScore(3));
    }

    [Fact]
    public void Nodes_that_could_lead_in_circles_or_out_of_range_are_refused()
    {
        foreach (var node in new TreeNode[] { new(0, 0, 0, 1, false, 0), new(0, 0, 1, 2, false, 0), new(2, 0, 1, 1, false, 0), TreeNode.Leaf(double.NaN) })
            Assert.Throws<ArgumentException>(() => new TreeEnsemble(2, [node, TreeNode.Leaf(1)], [0]));

        Assert.Throws<ArgumentException>(() => new TreeEnsemble(2, [TreeNode.Leaf(1)], [1]));
    }
}
