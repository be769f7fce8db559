using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Options of <see cref="RandomForest"/>.</summary>
/// <remarks>A model takes about 60 bytes for each leaf: 190 KB for 100 trees of 31 leaves.</remarks>
public sealed record RandomForestOptions
{
    /// <summary>Number of trees, from 1 to 1000. The default is 100.</summary>
    [Range(1, 1000)]
    public int Trees { get; init; } = 100;

    /// <summary>Most leaves of a tree, from 2 to 1024. The default is 31; the leaf that gains most is cut first.</summary>
    [Range(2, 1024)]
    public int Leaves { get; init; } = 31;

    /// <summary>Most comparisons on the way to a leaf, from 1 to 64. The default is 64, more than trees ever have.</summary>
    [Range(1, 64)]
    public int Depth { get; init; } = 64;

    /// <summary>Least weight of the rows of a leaf, from 0 to 10000. The default is 1; the mean row has weight 1.</summary>
    [Range(0.0, 10000)]
    public double MinLeafWeight { get; init; } = 1;

    /// <summary>Share of the columns drawn for each split, from 0 to 1. The default is 0: the square root of their number.</summary>
    [Range(0.0, 1)]
    public double ColumnShare { get; init; }

    /// <summary>Most bins a column is cut into, from 2 to 255. The default is 255.</summary>
    [Range(2, 255)]
    public int Bins { get; init; } = 255;

    /// <summary>Whether each tree is grown on rows drawn with replacement. The default is true; without there is no out-of-bag
    /// estimate.</summary>
    public bool Bootstrap { get; init; } = true;

    /// <summary>How rows of the rarer class count. The default is Balanced.</summary>
    public ClassWeighting ClassWeighting { get; init; } = ClassWeighting.Balanced;
}
