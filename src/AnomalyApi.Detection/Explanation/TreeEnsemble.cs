namespace AnomalyApi.Detection.Explanation;

/// <summary>Trees whose leaf values are added up, and how the sum becomes the raw score. Immutable and thread-safe.</summary>
internal sealed class TreeEnsemble
{
    private readonly TreeNode[] _nodes;
    private readonly int[] _roots;
    private readonly double _offset;
    private readonly Func<double, double> _link;

    /// <param name="featureCount">Columns of the rows.</param>
    /// <param name="nodes">The nodes of all trees, children after their parents.</param>
    /// <param name="roots">Number of each tree's first node.</param>
    /// <param name="offset">What the sum starts with.</param>
    /// <param name="link">The raw score of a sum: monotone, rising or falling, and finite; null when the sum is the raw score.</param>
    /// <exception cref="ArgumentException">A column, a child or a root is out of range.</exception>
    public TreeEnsemble(int featureCount, TreeNode[] nodes, int[] roots, double offset = 0, Func<double, double>? link = null)
    {
        for (var i = 0; i < nodes.Length; i++)
        {
            var node = nodes[i];
            var isValid = node.IsLeaf
                ? double.IsFinite(node.Value)
                : node.Feature < featureCount && Math.Min(node.Left, node.Right) > i && Math.Max(node.Left, node.Right) < nodes.Length;
            if (!isValid)
                throw new ArgumentException($"Node {i} of {nodes.Length} is {node}; children come after their parents, of {featureCount} columns.", nameof(nodes));
        }

        if (roots.AsSpan().ContainsAnyExceptInRange(0, nodes.Length - 1))
            throw new ArgumentException($"A root is not in 0 to {nodes.Length - 1}.", nameof(roots));

        FeatureCount = featureCount;
        _nodes = nodes;
        _roots = roots;
        _offset = offset;
        _link = link ?? (sum => sum);
    }

    public int FeatureCount { get; }

    public ReadOnlySpan<TreeNode> Nodes => _nodes;

    public ReadOnlySpan<int> Roots => _roots;

    /// <summary>The sum of the leaves a row falls into.</summary>
    public double Sum(ReadOnlySpan<float> row)
    {
        var sum = _offset;
        foreach (var root in _roots)
        {
            ref readonly var node = ref _nodes[root];
            while (!node.IsLeaf)
                node = ref _nodes[node.GoesLeft(row[node.Feature]) ? node.Left : node.Right];

            sum += node.Value;
        }

        return sum;
    }

    /// <summary>The raw score of a sum.</summary>
    public double RawScore(double sum) => _link(sum);
}
