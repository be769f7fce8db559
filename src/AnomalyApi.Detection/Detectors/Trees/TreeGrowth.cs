namespace AnomalyApi.Detection.Detectors;

/// <summary>How far a tree grows.</summary>
/// <param name="MaxLeaves">Leaves at most, 1 or more.</param>
/// <param name="MaxDepth">Comparisons on the longest way at most.</param>
/// <param name="L2">Lambda of equation 6: added to the second-order sum of every node.</param>
/// <param name="MinChildWeight">Least second-order sum of a child.</param>
/// <param name="ColumnsPerSplit">Columns drawn for each split.</param>
internal sealed record TreeGrowth(int MaxLeaves, int MaxDepth, double L2, double MinChildWeight, int ColumnsPerSplit)
{
    /// <summary>When the leaves cannot run out, the order of growing does not matter, and depth first keeps the fewest histograms.</summary>
    public bool IsDepthFirst => MaxDepth < 31 && MaxLeaves >= 1 << MaxDepth;
}
