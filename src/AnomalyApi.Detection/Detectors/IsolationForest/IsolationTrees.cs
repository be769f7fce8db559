using AnomalyApi.Detection.Explanation;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Every tree of a forest in three flat arrays, each tree a complete binary heap.</summary>
/// <remarks>
/// Within a tree the root is node 1 and node i has the children 2i and 2i + 1; node 0 is unused. Because growing stops at
/// ceil(log2(sample size)), a complete heap is at most four times the sampled rows, and it buys a walk of fixed length without a branch,
/// a child pointer or a loop that data could keep from ending. A leaf that ends early is written to all the bottom places under it,
/// and the nodes between compare with 0, whichever way that goes.
/// </remarks>
internal sealed class IsolationTrees
{
    /// <summary>The vector kernel keeps this many levels in registers, so smaller trees are padded to it.</summary>
    public const int MinDepth = 6;

    /// <summary>Trees still to be grown.</summary>
    public IsolationTrees(int treeCount, int sampleSize, int featureCount)
        : this(
            sampleSize,
            featureCount,
            new int[treeCount << DepthOf(sampleSize)],
            new float[treeCount << DepthOf(sampleSize)],
            new float[treeCount << DepthOf(sampleSize)])
    {
    }

    /// <summary>Takes over arrays of equal length, a multiple of the stride; every feature is below the feature count.</summary>
    public IsolationTrees(int sampleSize, int featureCount, int[] features, float[] thresholds, float[] lengths)
    {
        SampleSize = sampleSize;
        FeatureCount = featureCount;
        Depth = DepthOf(sampleSize);
        Features = features;
        Thresholds = thresholds;
        Lengths = lengths;
    }

    public int TreeCount => Features.Length >> Depth;

    /// <summary>Rows each tree was grown on.</summary>
    public int SampleSize { get; }

    public int FeatureCount { get; }

    /// <summary>Comparisons on every walk.</summary>
    public int Depth { get; }

    /// <summary>Elements of each array that belong to one tree.</summary>
    public int Stride => 1 << Depth;

    /// <summary>Column each node compares, [tree * Stride + node].</summary>
    public int[] Features { get; }

    /// <summary>A row goes left when its value is less, otherwise right; NaN is never less.</summary>
    public float[] Thresholds { get; }

    /// <summary>Path length h(x) of each place at the bottom, [tree * Stride + place]: edges passed plus c(rows in the leaf).</summary>
    public float[] Lengths { get; }

    /// <summary>The trees as nodes with children. A part of a heap that ends in one path length everywhere is one leaf.</summary>
    public (TreeNode[] Nodes, int[] Roots) ToTreeNodes()
    {
        var nodes = new List<TreeNode>();
        var roots = new int[TreeCount];
        for (var tree = 0; tree < roots.Length; tree++)
        {
            roots[tree] = nodes.Count;
            AddNode(nodes, tree * Stride, node: 1, Stride);
        }

        return ([.. nodes], roots);
    }

    public static int DepthOf(int sampleSize) => Math.Max(MinDepth, IsolationPath.HeightLimit(sampleSize));

    /// <param name="placeCount">Places at the bottom that are under the node.</param>
    private int AddNode(List<TreeNode> nodes, int offset, int node, int placeCount)
    {
        var number = nodes.Count;
        var places = Lengths.AsSpan(offset + node * placeCount - Stride, placeCount);
        nodes.Add(TreeNode.Leaf(places[0]));
        if (places.ContainsAnyExcept(places[0]))
        {
            var left = AddNode(nodes, offset, 2 * node, placeCount / 2);
            var right = AddNode(nodes, offset, 2 * node + 1, placeCount / 2);
            nodes[number] = new TreeNode(Features[offset + node], Thresholds[offset + node], left, right, MissingLeft: false, Value: 0);
        }

        return number;
    }
}
