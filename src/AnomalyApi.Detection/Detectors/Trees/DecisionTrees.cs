using AnomalyApi.Detection.Explanation;
using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Trees whose leaves are added up, in one flat array. Immutable and thread-safe.</summary>
internal sealed class DecisionTrees
{
    // Sums of a million trees of this stay finite and exact enough.
    private const float LargestValue = 1e6f;
    private const int MaxTrees = 1_000_000;

    /// <summary>Takes over the nodes; children stand after their parent, and each node but the root is the child of one.</summary>
    /// <param name="offset">What every sum starts with.</param>
    public DecisionTrees(int featureCount, float offset, IReadOnlyList<DecisionNode[]> trees)
    {
        FeatureCount = featureCount;
        Offset = offset;
        Starts = new int[trees.Count + 1];
        for (var tree = 0; tree < trees.Count; tree++)
            Starts[tree + 1] = Starts[tree] + trees[tree].Length;

        Nodes = [.. trees.SelectMany(nodes => nodes)];
        Depths = [.. trees.Select(DepthOf)];
        Program = TreeProgram.Compile(this);
    }

    public int FeatureCount { get; }

    public float Offset { get; }

    public int TreeCount => Depths.Length;

    /// <summary>Number of the first node of each tree; the last element is the number of all nodes.</summary>
    public int[] Starts { get; }

    /// <summary>All nodes, tree after tree. Numbers of children count from the first node of their tree.</summary>
    public DecisionNode[] Nodes { get; }

    /// <summary>Comparisons on the longest way of each tree.</summary>
    public int[] Depths { get; }

    /// <summary>The same trees as steps for the vector kernel; null when they are too large for it.</summary>
    public TreeProgram? Program { get; }

    public ReadOnlySpan<DecisionNode> Tree(int tree) => Nodes.AsSpan(Starts[tree]..Starts[tree + 1]);

    /// <summary>The form that explanations are computed from.</summary>
    public TreeEnsemble ToTreeEnsemble()
    {
        var nodes = new TreeNode[Nodes.Length];
        for (var tree = 0; tree < TreeCount; tree++)
        {
            var first = Starts[tree];
            for (var i = first; i < Starts[tree + 1]; i++)
            {
                var node = Nodes[i];
                nodes[i] = node.IsLeaf
                    ? TreeNode.Leaf(node.Value)
                    : new TreeNode(node.Column, node.Threshold, first + node.Children, first + node.Children + 1, node.MissingLeft, 0);
            }
        }

        return new TreeEnsemble(FeatureCount, nodes, Starts[..^1], Offset);
    }

    public void Write(ModelSectionWriter writer)
    {
        writer.WriteInt32(FeatureCount);
        writer.WriteSingle(Offset);
        writer.WriteArray<int>(Starts);
        writer.WriteArray<int>([.. Nodes.Select(node => node.IsLeaf ? -1 : node.Column)]);
        writer.WriteArray<byte>([.. Nodes.Select(node => (byte)(node.MissingLeft ? 1 : 0))]);
        writer.WriteArray<float>([.. Nodes.Select(node => node.IsLeaf ? node.Value : node.Threshold)]);
        writer.WriteArray<int>([.. Nodes.Select(node => node.IsLeaf ? 0 : node.Children)]);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">These are no trees; whatever is accepted, a walk ends within the arrays, in a finite
    /// sum.</exception>
    public static DecisionTrees Read(ModelSectionReader reader)
    {
        var featureCount = reader.ReadInt32(1, int.MaxValue, "feature count");
        var offset = reader.ReadSingle();
        if (!(Math.Abs(offset) <= LargestValue))
            throw new ModelFileException($"The trees start from {offset}; allowed is -{LargestValue} to {LargestValue}.");

        var starts = reader.ReadArray<int>();
        if (starts.Length is < 2 or > MaxTrees || starts[0] != 0)
            throw new ModelFileException($"There are {starts.Length - 1} trees; allowed are 1 to {MaxTrees}, the first beginning at node 0.");

        for (var tree = 1; tree < starts.Length; tree++)
        {
            if (starts[tree] <= starts[tree - 1])
                throw new ModelFileException($"Tree {tree - 1} has no nodes.");
        }

        var columns = reader.ReadArray<int>(starts[^1], "node columns");
        var missingLeft = reader.ReadArray<byte>(starts[^1], "directions of missing values");
        var numbers = reader.ReadArray<float>(starts[^1], "thresholds and leaf values");
        var children = reader.ReadArray<int>(starts[^1], "children");
        var trees = new DecisionNode[starts.Length - 1][];
        for (var tree = 0; tree < trees.Length; tree++)
        {
            var range = starts[tree]..starts[tree + 1];
            trees[tree] = ToTree(columns.AsSpan(range), missingLeft.AsSpan(range), numbers.AsSpan(range), children.AsSpan(range), featureCount);
        }

        return new DecisionTrees(featureCount, offset, trees);
    }

    private static DecisionNode[] ToTree(
        ReadOnlySpan<int> columns, ReadOnlySpan<byte> missingLeft, ReadOnlySpan<float> numbers, ReadOnlySpan<int> children, int featureCount)
    {
        var nodes = new DecisionNode[columns.Length];
        var reached = 1;
        for (var i = 0; i < nodes.Length; i++)
        {
            if (columns[i] < 0)
            {
                if (!(Math.Abs(numbers[i]) <= LargestValue) || missingLeft[i] != 0 || children[i] != 0 || columns[i] != -1)
                    throw new ModelFileException($"A leaf holds {numbers[i]}; allowed is -{LargestValue} to {LargestValue}, and no children.");

                nodes[i] = DecisionNode.Leaf(i, numbers[i]);
                continue;
            }

            // Growing numbers the children in pairs. Each pair but the first then has exactly one parent, before it.
            if (columns[i] >= featureCount || missingLeft[i] > 1 || !(numbers[i] > float.NegativeInfinity) || children[i] <= i || children[i] >= nodes.Length - 1)
                throw new ModelFileException($"A node compares column {columns[i]} with {numbers[i]} and has the children {children[i]} and one more.");

            reached += 2;
            nodes[i] = new DecisionNode(columns[i], numbers[i], children[i], missingLeft[i] == 1);
        }

        var parents = new bool[nodes.Length + 1];
        foreach (ref readonly var node in nodes.AsSpan())
        {
            if (node.IsLeaf)
                continue;

            if (parents[node.Children] || (node.Children & 1) == 0)
                throw new ModelFileException($"Node {node.Children} has two parents.");

            parents[node.Children] = true;
        }

        return reached == nodes.Length
            ? nodes
            : throw new ModelFileException($"A tree of {nodes.Length} nodes reaches {reached} of them.");
    }

    private static int DepthOf(DecisionNode[] nodes)
    {
        var depths = new int[nodes.Length];
        var deepest = 0;
        for (var i = 0; i < nodes.Length; i++)
        {
            deepest = Math.Max(deepest, depths[i]);
            if (!nodes[i].IsLeaf)
                depths[nodes[i].Children] = depths[nodes[i].Children + 1] = depths[i] + 1;
        }

        return deepest;
    }
}
