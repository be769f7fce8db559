using AnomalyApi.Detection.Detectors;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Detectors.Trees;

public sealed class TreeSumsTests
{
    private const int Columns = 5;

    [Theory]
    [InlineData(1, 1)] // a root alone
    [InlineData(2, 1)]
    [InlineData(31, 30)] // leaf-wise
    [InlineData(64, 6)] // full
    [InlineData(300, 60)] // too large for the vector kernel
    public void All_kernels_give_the_same_bits_at_every_length(int leaves, int depth)
    {
        var trees = Grow(9, leaves, depth);
        Assert.Equal(leaves > 256, trees.Program is null);
        var values = Some.NormalMatrix(4 * 64 + 1, Columns, seed: 2);
        for (var row = 0; row < values.RowCount; row += 3)
            values.Row(row)[row % Columns] = (row % 9) switch { 0 => float.NaN, 3 => float.NegativeInfinity, _ => float.PositiveInfinity };

        for (var length = 0; length <= values.RowCount; length++)
        {
            var rows = new FeatureMatrix(values.Values, length, Columns);
            var expected = new float[length];
            for (var row = 0; row < length; row++)
                expected[row] = AsTheDefinitionReads(trees, rows.Row(row));

            for (var kernel = TreeKernel.Plain; kernel <= TreeKernels.Fastest; kernel++)
            {
                var sums = new float[length];
                TreeSums.Sum(trees, rows, sums, kernel);
                Assert.Equal(expected, sums);
            }
        }
    }

    private static float AsTheDefinitionReads(DecisionTrees trees, ReadOnlySpan<float> row)
    {
        var sum = trees.Offset;
        for (var tree = 0; tree < trees.TreeCount; tree++)
        {
            var nodes = trees.Tree(tree);
            var node = 0;
            while (!nodes[node].IsLeaf)
            {
                var value = row[nodes[node].Column];
                var goesLeft = float.IsNaN(value) ? nodes[node].MissingLeft : value < nodes[node].Threshold;
                node = nodes[node].Children + (goesLeft ? 0 : 1);
            }

            sum += nodes[node].Value;
        }

        return sum;
    }

    /// <summary>Random trees: leaves are cut at random until there are enough.</summary>
    private static DecisionTrees Grow(int treeCount, int leaves, int maxDepth)
    {
        var random = new Random(leaves);
        var trees = new List<DecisionNode[]>();
        for (var tree = 0; tree < treeCount; tree++)
        {
            var nodes = new List<DecisionNode> { DecisionNode.Leaf(0, (float)random.NextDouble()) };
            var depths = new List<int> { 0 };
            while ((nodes.Count + 1) / 2 < leaves)
            {
                var cut = Enumerable.Range(0, nodes.Count).Where(i => nodes[i].IsLeaf && depths[i] < maxDepth).OrderBy(_ => random.Next()).First();
                nodes[cut] = new DecisionNode(random.Next(Columns), (float)(random.NextDouble() * 2 - 1), nodes.Count, random.Next(2) == 0);
                for (var child = 0; child < 2; child++)
                {
                    depths.Add(depths[cut] + 1);
                    nodes.Add(DecisionNode.Leaf(nodes.Count, (float)(random.NextDouble() - 0.5)));
                }
            }

            trees.Add([.. nodes]);
        }

        return new DecisionTrees(Columns, 0.25f, trees);
    }
}
