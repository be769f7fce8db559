namespace AnomalyApi.Detection.Detectors;

/// <summary>A node of a <see cref="GrownTree"/>.</summary>
/// <param name="FirstMember">Where the node's rows begin in the list of rows the tree was grown on.</param>
/// <param name="MemberCount">How many rows it has.</param>
/// <param name="Sum">Sum of the rows' <see cref="RowGradients"/>.</param>
internal readonly record struct GrownNode(int FirstMember, int MemberCount, long Sum)
{
    /// <summary>Column that is compared.</summary>
    public int Column { get; init; }

    /// <summary>The last bin that goes left.</summary>
    public byte Bin { get; init; }

    public bool MissingLeft { get; init; }

    /// <summary>Number of the left child; the right one comes next. 0 for a leaf.</summary>
    public int Children { get; init; }

    public bool IsLeaf => Children == 0;

    public bool GoesLeft(byte bin) => bin == BinnedRows.MissingBin ? MissingLeft : bin <= Bin;
}
