namespace AnomalyApi.Detection.Detectors;

/// <summary>A tree as it was grown, in bins. Children stand side by side, after their parent.</summary>
internal sealed class GrownTree(BinnedRows rows)
{
    private readonly List<GrownNode> _nodes = [];

    public int Count => _nodes.Count;

    public GrownNode this[int node]
    {
        get => _nodes[node];
        set => _nodes[node] = value;
    }

    public void Add(GrownNode node) => _nodes.Add(node);

    /// <summary>The leaf that a training row falls into.</summary>
    public int LeafOf(int row)
    {
        var node = 0;
        var nodes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_nodes);
        while (!nodes[node].IsLeaf)
        {
            ref readonly var at = ref nodes[node];
            node = at.Children + (at.GoesLeft(rows.Column(at.Column)[row]) ? 0 : 1);
        }

        return node;
    }

    /// <summary>The same tree with thresholds in place of bins.</summary>
    /// <param name="leafValues">One value for each node; those of leaves are looked at.</param>
    public DecisionNode[] ToNodes(ReadOnlySpan<float> leafValues)
    {
        var nodes = new DecisionNode[_nodes.Count];
        for (var i = 0; i < nodes.Length; i++)
        {
            var node = _nodes[i];
            nodes[i] = node.IsLeaf
                ? DecisionNode.Leaf(i, leafValues[i])
                : new DecisionNode(node.Column, rows.UpperEdge(node.Column, node.Bin), node.Children, node.MissingLeft);
        }

        return nodes;
    }
}
