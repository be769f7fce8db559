using AnomalyApi.Detection.Detectors;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Detectors;

public sealed class IsolationForestTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 1)] // 2 * 1 - 2 * 1/2
    [InlineData(3, 5.0 / 3)] // 2 * (1 + 1/2) - 2 * 2/3
    [InlineData(4, 13.0 / 6)] // 2 * (1 + 1/2 + 1/3) - 2 * 3/4
    [InlineData(256, 10.2487)] // 2 * 6.120344 - 2 * 255/256
    public void The_average_path_length_is_that_of_equation_1(int rows, double expected) =>
        Assert.Equal(expected, IsolationPath.AverageLength(rows), 1e-4);

    [Fact]
    public void The_average_path_length_does_not_jump_where_the_sum_gives_way_to_the_series()
    {
        // H(n) - H(n - 1) = 1/n, so c(n + 1) - c(n) = 2/n - 2/(n (n + 1)) = 2/(n + 1).
        for (var n = 60; n < 70; n++)
            Assert.Equal(2.0 / (n + 1), IsolationPath.AverageLength(n + 1) - IsolationPath.AverageLength(n), 1e-9);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(256, 8)]
    [InlineData(257, 9)]
    public void Growing_stops_at_the_logarithm_of_the_sample_size(int sampleSize, int height) =>
        Assert.Equal(height, IsolationPath.HeightLimit(sampleSize));

    [Fact]
    public void Two_equal_rows_and_a_third_score_as_derived_by_hand()
    {
        // Every cut falls between 0 and 10: the pair ends at depth 1 with c(2) = 1 to come, the third row at depth 1. c(3) = 5/3.
        var scores = Scores(Fit(Some.Matrix([0], [0], [10])), Some.Matrix([0], [10], [-5], [99]));

        Assert.Equal(Math.Pow(2, -2 / (5.0 / 3)), scores[0], 1e-6);
        Assert.Equal(Math.Pow(2, -1 / (5.0 / 3)), scores[1], 1e-6);
        Assert.Equal(scores[0], scores[2]);
        Assert.Equal(scores[1], scores[3]);
    }

    [Fact]
    public void A_model_of_one_row_or_of_copies_gives_one_half()
    {
        var rows = Some.Matrix([1, 2], [0, 0], [50, -3]);

        Assert.All(Scores(Fit(Some.Matrix([1, 2])), rows), score => Assert.Equal(0.5f, score, 1e-6f));
        Assert.All(Scores(Fit(Some.Matrix([1, 2], [1, 2], [1, 2])), rows), score => Assert.Equal(0.5f, score, 1e-6f));
    }

    [Fact]
    public void A_constant_column_has_no_influence()
    {
        var rows = Some.NormalMatrix(300, 3);
        for (var row = 0; row < 300; row++)
            rows.Row(row)[1] = 7;

        var scores = Scores(Fit(rows), Some.Matrix([1, 7, 2], [1, 1000, 2]));

        Assert.Equal(scores[0], scores[1]);
    }

    [Fact]
    public void Not_a_number_counts_as_the_largest_value()
    {
        var scores = Scores(Fit(Some.NormalMatrix(300, 2)), Some.Matrix([float.NaN, 0], [float.PositiveInfinity, 0], [1e30f, 0]));

        Assert.Equal(scores[1], scores[0]);
        Assert.Equal(scores[2], scores[0]);
    }

    [Fact]
    public void Score_rises_as_a_row_moves_away_from_the_training_data()
    {
        var scores = Scores(
            Fit(Some.NormalMatrix(2000, 4)), Some.Matrix([0, 0, 0, 0], [1.5f, 1.5f, 1.5f, 1.5f], [2.5f, 2.5f, 2.5f, 2.5f], [5, 5, 5, 5]));

        Assert.Equal(scores.Order(), scores);
        Assert.True(scores[0] < 0.5 && scores[3] > 0.6, string.Join(", ", scores));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    [InlineData(256)]
    [InlineData(1500)]
    public void All_kernels_give_the_same_bits_at_every_length(int sampleSize)
    {
        var trees = Trees(Some.NormalMatrix(1500, 3), new IsolationForestOptions { Trees = 7, SampleSize = sampleSize });
        var values = Some.NormalMatrix(4 * 64 + 1, 3, seed: 2);
        values.Row(5)[1] = float.NaN;
        values.Row(70)[0] = float.NegativeInfinity;
        for (var length = 0; length <= values.RowCount; length++)
        {
            var rows = new FeatureMatrix(values.Values, length, 3);
            var expected = new float[length];
            WalkAsTheFormulaReads(trees, rows, expected);
            for (var kernel = IsolationKernel.Plain; kernel <= IsolationKernels.Fastest; kernel++)
            {
                var sums = new float[length];
                IsolationWalk.SumPathLengths(trees, rows, sums, kernel);
                Assert.Equal(expected, sums);
            }
        }
    }

    [Fact]
    public void Rows_of_many_blocks_and_odd_widths_are_walked_alike()
    {
        foreach (var columns in new[] { 1, 24, 700 })
        {
            var trees = Trees(Some.NormalMatrix(300, columns), new IsolationForestOptions { Trees = 3 });
            var rows = Some.NormalMatrix(1111, columns, seed: 2);
            var expected = new float[rows.RowCount];
            WalkAsTheFormulaReads(trees, rows, expected);

            var sums = new float[rows.RowCount];
            IsolationWalk.SumPathLengths(trees, rows, sums, IsolationKernels.Fastest);
            Assert.Equal(expected, sums);
        }
    }

    [Fact]
    public void A_tree_samples_rows_without_replacement()
    {
        // 64 different rows of which 64 are sampled: were one drawn twice, another would be missing. Every leaf of k rows must then be
        // reached by exactly k of them, which its path length tells: depth + c(k).
        var rows = new FeatureMatrix([.. Enumerable.Range(0, 64).Select(i => (float)i)], 64, 1);
        var trees = Trees(rows, new IsolationForestOptions { Trees = 20, SampleSize = 64 });
        for (var tree = 0; tree < 20; tree++)
        {
            var leaves = Enumerable.Range(0, 64).GroupBy(row => Place(trees, tree, [row])).Select(leaf => (leaf.Key, Count: leaf.Count()));
            foreach (var (place, count) in leaves)
            {
                var depth = trees.Lengths[tree * trees.Stride + place] - IsolationPath.AverageLength(count);
                Assert.Equal(Math.Round(depth), depth, 1e-5);
                Assert.InRange(Math.Round(depth), 1, 6);
            }
        }
    }

    [Fact]
    public void Too_many_trees_of_too_many_rows_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => new IsolationForest(new IsolationForestOptions { Trees = 1000, SampleSize = 65536 }));

        Assert.Contains("must not exceed 16777216", error.Message, StringComparison.Ordinal);
    }

    private static IDetectorModel Fit(FeatureMatrix rows) =>
        new IsolationForest(new IsolationForestOptions()).Fit(rows, new FitSettings(1), default);

    private static float[] Scores(IDetectorModel model, FeatureMatrix rows)
    {
        var scores = new float[rows.RowCount];
        model.Score(rows, scores);
        return scores;
    }

    private static IsolationTrees Trees(FeatureMatrix rows, IsolationForestOptions options)
    {
        var trees = new IsolationTrees(options.Trees, Math.Min(options.SampleSize, rows.RowCount), rows.ColumnCount);
        var grower = new IsolationTreeGrower(rows, trees);
        for (var tree = 0; tree < options.Trees; tree++)
            grower.Grow(tree, seed: (ulong)tree);

        return trees;
    }

    private static void WalkAsTheFormulaReads(IsolationTrees trees, FeatureMatrix rows, Span<float> sums)
    {
        for (var row = 0; row < sums.Length; row++)
        {
            for (var tree = 0; tree < trees.TreeCount; tree++)
                sums[row] += PathLength(trees, tree, rows.Row(row));
        }
    }

    private static float PathLength(IsolationTrees trees, int tree, ReadOnlySpan<float> row) =>
        trees.Lengths[tree * trees.Stride + Place(trees, tree, row)];

    private static int Place(IsolationTrees trees, int tree, ReadOnlySpan<float> row)
    {
        var offset = tree * trees.Stride;
        var node = 1;
        while (node < trees.Stride)
            node = row[trees.Features[offset + node]] < trees.Thresholds[offset + node] ? 2 * node : 2 * node + 1;

        return node - trees.Stride;
    }
}
