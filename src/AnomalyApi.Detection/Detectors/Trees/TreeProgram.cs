namespace AnomalyApi.Detection.Detectors;

/// <summary>Trees as straight-line steps for the vector kernel, which makes every comparison of a tree for many rows at once.</summary>
/// <remarks>
/// A tree is evaluated from its leaves up: a node's value for a row is that of its left or its right child, as the row's comparison says.
/// No row is followed, so there is no waiting for one comparison before the next, nothing to gather and nothing to mispredict. It costs the
/// number of nodes instead of the depth, and pays while trees have no more than some hundred leaves. First all nodes over two leaves are
/// chosen between constants, then the leaves beside inner nodes are written down, and then the other nodes join what is there, the last
/// first.
/// </remarks>
internal sealed class TreeProgram
{
    private const int MaxMeanNodes = 512;
    private const int MaxNodes = 4096;

    private TreeProgram(
        Tree[] trees, Pair[] pairs, Constant[] constants, Join[] joins, (int Column, bool MissingLeft)[] columns, int slotCount)
    {
        Trees = trees;
        Pairs = pairs;
        Constants = constants;
        Joins = joins;
        Columns = columns;
        SlotCount = slotCount;
    }

    public Tree[] Trees { get; }

    public Pair[] Pairs { get; }

    public Constant[] Constants { get; }

    public Join[] Joins { get; }

    /// <summary>The columns that are compared, those where missing values go left apart from those where they go right.</summary>
    public (int Column, bool MissingLeft)[] Columns { get; }

    /// <summary>Most values kept at a time.</summary>
    public int SlotCount { get; }

    /// <summary>The steps of the trees; null when a walk is faster.</summary>
    public static TreeProgram? Compile(DecisionTrees trees)
    {
        if (trees.Nodes.Length > (long)MaxMeanNodes * trees.TreeCount)
            return null;

        var columns = new Dictionary<(int Column, bool MissingLeft), int>();
        var pairs = new List<Pair>();
        var constants = new List<Constant>();
        var joins = new List<Join>();
        var steps = new Tree[trees.TreeCount];
        var slotCount = 0;
        for (var tree = 0; tree < steps.Length; tree++)
        {
            var nodes = trees.Tree(tree);
            if (nodes.Length > MaxNodes)
                return null;

            var slots = new int[nodes.Length];
            var used = 0;

            // Numbers below are taken by pairs in the order in which the kernel makes them.
            for (var i = nodes.Length - 1; i >= 0; i--)
            {
                if (nodes[i].IsLeaf || !nodes[nodes[i].Children].IsLeaf || !nodes[nodes[i].Children + 1].IsLeaf)
                    continue;

                pairs.Add(new Pair(ColumnOf(nodes[i]), nodes[i].Threshold, nodes[nodes[i].Children].Value, nodes[nodes[i].Children + 1].Value));
                slots[i] = used++;
            }

            for (var i = nodes.Length - 1; i >= 0; i--)
            {
                if (nodes[i].IsLeaf)
                    continue;

                var (left, right) = (nodes[i].Children, nodes[i].Children + 1);
                if (nodes[left].IsLeaf && nodes[right].IsLeaf)
                    continue;

                if (nodes[left].IsLeaf)
                    constants.Add(new Constant(slots[left] = used++, nodes[left].Value));

                if (nodes[right].IsLeaf)
                    constants.Add(new Constant(slots[right] = used++, nodes[right].Value));

                joins.Add(new Join(ColumnOf(nodes[i]), nodes[i].Threshold, slots[left], slots[right]));
                slots[i] = slots[left];
            }

            if (nodes[0].IsLeaf)
                constants.Add(new Constant(slots[0] = used++, nodes[0].Value));

            steps[tree] = new Tree(pairs.Count, constants.Count, joins.Count, slots[0]);
            slotCount = Math.Max(slotCount, used);
        }

        return new TreeProgram(steps, [.. pairs], [.. constants], [.. joins], [.. columns.OrderBy(at => at.Value).Select(at => at.Key)], slotCount);

        int ColumnOf(in DecisionNode node)
        {
            if (!columns.TryGetValue((node.Column, node.MissingLeft), out var at))
                columns[(node.Column, node.MissingLeft)] = at = columns.Count;

            return at;
        }
    }

    /// <summary>Where a tree's steps end; they begin where those of the tree before end.</summary>
    /// <param name="Result">Slot of the tree's value.</param>
    public readonly record struct Tree(int PairsEnd, int ConstantsEnd, int JoinsEnd, int Result);

    /// <summary>Writes a leaf value to the next slot: slots are numbered from 0 in the order of a tree's pairs.</summary>
    public readonly record struct Pair(int Column, float Threshold, float Left, float Right);

    /// <summary>Writes a leaf value to a slot.</summary>
    public readonly record struct Constant(int Slot, float Value);

    /// <summary>Writes one of two slots to the first of them.</summary>
    public readonly record struct Join(int Column, float Threshold, int Left, int Right);
}
