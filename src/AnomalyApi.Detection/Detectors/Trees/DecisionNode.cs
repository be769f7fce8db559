namespace AnomalyApi.Detection.Detectors;

/// <summary>A node of <see cref="DecisionTrees"/>: 16 bytes, four to a cache line.</summary>
/// <remarks>
/// Children stand side by side, so one number names both. A leaf compares with NaN, which nothing is less than, and its right child is
/// itself: a walk that goes on after the leaf stays there, without asking where it is.
/// </remarks>
internal readonly struct DecisionNode
{
    private const int MissingLeftBit = int.MinValue;

    private readonly int _column;

    /// <summary>An inner node.</summary>
    public DecisionNode(int column, float threshold, int children, bool missingLeft)
    {
        _column = missingLeft ? column | MissingLeftBit : column;
        Threshold = threshold;
        Children = children;
    }

    private DecisionNode(int node, float value)
    {
        Threshold = float.NaN;
        Children = node - 1;
        Value = value;
    }

    /// <summary>A row goes left when its value is less; NaN for a leaf.</summary>
    public float Threshold { get; }

    /// <summary>Number of the left child within the tree, above that of the node; the right one comes next.</summary>
    public int Children { get; }

    /// <summary>What a leaf adds to the sum.</summary>
    public float Value { get; }

    public bool IsLeaf => float.IsNaN(Threshold);

    /// <summary>Column that is compared; 0 for a leaf.</summary>
    public int Column => _column & ~MissingLeftBit;

    public bool MissingLeft => _column < 0;

    public static DecisionNode Leaf(int node, float value) => new(node, value);

    /// <summary>The child a row with that value goes to, as a number, because a branch would be mispredicted half the time.</summary>
    public int Child(float value)
    {
        var isRight = System.Runtime.CompilerServices.Unsafe.BitCast<bool, byte>(!(value < Threshold));
        var isMissing = System.Runtime.CompilerServices.Unsafe.BitCast<bool, byte>(float.IsNaN(value));
        return Children + (isRight & ~(isMissing & (_column >>> 31)));
    }
}
