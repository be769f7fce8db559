using AnomalyApi.Detection.Explanation;

namespace AnomalyApi.Detection.Detectors;

/// <summary>The cuts of all trees, each tree a complete binary heap: the root is node 1, node i has the children 2i and 2i + 1. Immutable.</summary>
internal sealed class HalfSpaceBoxes
{
    /// <summary>Draws the cuts.</summary>
    /// <param name="low">Smallest value of each column.</param>
    /// <param name="high">Largest value of each column; a column where both are equal is never cut.</param>
    /// <remarks>Section 3.1 of the paper: the work range of a column scaled to 0 to 1 is s - 2 max(s, 1 - s) to s + 2 max(s, 1 - s) for a random s.</remarks>
    public HalfSpaceBoxes(int treeCount, int depth, float[] low, float[] high, ulong seed)
    {
        (Depth, FeatureCount) = (depth, low.Length);
        Features = new int[treeCount << (depth + 1)];
        Thresholds = new float[Features.Length];
        int[] varying = [.. Enumerable.Range(0, low.Length).Where(column => low[column] < high[column])];
        if (varying.Length == 0)
        {
            // Nothing tells rows apart; no value is less than this, so all share one box.
            Thresholds.AsSpan().Fill(float.NegativeInfinity);
            return;
        }

        var random = new SeededRandom(seed);
        double[] from = new double[low.Length], to = new double[low.Length];
        for (var tree = 0; tree < treeCount; tree++)
        {
            for (var column = 0; column < low.Length; column++)
            {
                var s = random.NextDouble();
                var reach = 2 * Math.Max(s, 1 - s);
                var width = (double)high[column] - low[column];
                (from[column], to[column]) = (low[column] + (s - reach) * width, low[column] + (s + reach) * width);
            }

            Cut(tree << (depth + 1), node: 1, level: 0, varying, from, to, ref random);
        }
    }

    /// <summary>Takes over arrays whose length is a multiple of the stride; every feature is below the feature count.</summary>
    public HalfSpaceBoxes(int depth, int featureCount, int[] features, float[] thresholds)
    {
        (Depth, FeatureCount, Features, Thresholds) = (depth, featureCount, features, thresholds);
    }

    public int Depth { get; }

    public int FeatureCount { get; }

    public int[] Features { get; }

    public float[] Thresholds { get; }

    public int Stride => 1 << (Depth + 1);

    /// <summary>The child a row goes to; NaN is never less, so it goes right.</summary>
    public int Child(int offset, int node, ReadOnlySpan<float> row) =>
        2 * node + (row[Features[offset + node]] < Thresholds[offset + node] ? 0 : 1);

    /// <summary>Counts a row in every node it passes.</summary>
    public void Add(ReadOnlySpan<float> row, int[] masses)
    {
        for (var offset = 0; offset < masses.Length; offset += Stride)
        {
            var node = 1;
            masses[offset + node]++;
            for (var level = 0; level < Depth; level++)
            {
                node = Child(offset, node, row);
                masses[offset + node]++;
            }
        }
    }

    /// <summary>The boxes as nodes with children; a leaf holds what <see cref="HalfSpaceTreesModel"/> adds up.</summary>
    /// <param name="least">Mass at or below which a node is not looked into.</param>
    public (TreeNode[] Nodes, int[] Roots) ToTreeNodes(int[] masses, double least)
    {
        var nodes = new List<TreeNode>();
        var roots = new int[masses.Length / Stride];
        for (var tree = 0; tree < roots.Length; tree++)
        {
            roots[tree] = nodes.Count;
            AddNode(nodes, masses, least, tree * Stride, node: 1, level: 0);
        }

        return ([.. nodes], roots);
    }

    private int AddNode(List<TreeNode> nodes, int[] masses, double least, int offset, int node, int level)
    {
        var number = nodes.Count;
        var mass = masses[offset + node];
        nodes.Add(TreeNode.Leaf((double)mass * (1 << level)));
        if (level < Depth && mass > least)
        {
            var left = AddNode(nodes, masses, least, offset, 2 * node, level + 1);
            var right = AddNode(nodes, masses, least, offset, 2 * node + 1, level + 1);
            nodes[number] = new TreeNode(Features[offset + node], Thresholds[offset + node], left, right, MissingLeft: false, Value: 0);
        }

        return number;
    }

    private void Cut(int offset, int node, int level, int[] varying, double[] from, double[] to, ref SeededRandom random)
    {
        if (level == Depth)
            return;

        var column = varying[random.NextBelow(varying.Length)];
        var (low, high) = (from[column], to[column]);
        var middle = (low + high) / 2;
        Features[offset + node] = column;
        Thresholds[offset + node] = (float)Math.Clamp(middle, float.MinValue, float.MaxValue);
        to[column] = middle;
        Cut(offset, 2 * node, level + 1, varying, from, to, ref random);
        (from[column], to[column]) = (middle, high);
        Cut(offset, 2 * node + 1, level + 1, varying, from, to, ref random);
        from[column] = low;
    }
}
