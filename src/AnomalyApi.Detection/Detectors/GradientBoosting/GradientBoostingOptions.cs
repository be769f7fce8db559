using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Options of <see cref="GradientBoosting"/>.</summary>
/// <remarks>A model takes about 30 bytes for each node: at most 3 MB for 200 full trees of depth 8, and 0.7 MB of depth 6. Of the settings tried, depth 8 with a rate
/// of 0.2 had the smallest log-loss on validation rows of both NSL-KDD and UNSW-NB15, with fewer trees.</remarks>
public sealed record GradientBoostingOptions
{
    /// <summary>Most trees, from 1 to 2000. The default is 200; fewer are kept when the held-out rows gain nothing from more.</summary>
    [Range(1, 2000)]
    public int Trees { get; init; } = 200;

    /// <summary>Most comparisons on the way to a leaf, from 1 to 10. The default is 8.</summary>
    [Range(1, 10)]
    public int Depth { get; init; } = 8;

    /// <summary>Share of a tree's correction that is taken over, from 0.001 to 1. The default is 0.2.</summary>
    [Range(0.001, 1)]
    public double LearningRate { get; init; } = 0.2;

    /// <summary>Lambda, which draws leaves towards 0, from 0 to 1000. The default is 1.</summary>
    [Range(0.0, 1000)]
    public double L2 { get; init; } = 1;

    /// <summary>Least sum of p (1 - p) of the rows of a leaf, from 0 to 10000. The default is 1, four rows of which nothing is known.</summary>
    [Range(0.0, 10000)]
    public double MinChildWeight { get; init; } = 1;

    /// <summary>Share of the rows each tree is grown on, from 0.1 to 1. The default is 1.</summary>
    [Range(0.1, 1)]
    public double RowShare { get; init; } = 1;

    /// <summary>Share of the columns drawn for each split, from 0.01 to 1. The default is 0.3.</summary>
    /// <remarks>Fewer columns spread the decision over more of them, which tells attacks of unknown kinds better: chosen on training rows,
    /// whole kinds held out.</remarks>
    [Range(0.01, 1)]
    public double ColumnShare { get; init; } = 0.3;

    /// <summary>Most bins a column is cut into, from 2 to 255. The default is 255.</summary>
    [Range(2, 255)]
    public int Bins { get; init; } = 255;

    /// <summary>Share of the rows of each class that is held out to tell when to stop, from 0 to 0.5. The default is 0.1.</summary>
    /// <remarks>At least ten rows of each class, whatever the share. 0 grows all trees on all rows, and so do fewer than fifty rows of a
    /// class.</remarks>
    [Range(0.0, 0.5)]
    public double HeldOutShare { get; init; } = 0.1;

    /// <summary>Trees without a better log-loss of the held-out rows after which growing stops, from 1 to 2000. The default is 20.</summary>
    [Range(1, 2000)]
    public int Patience { get; init; } = 20;

    /// <summary>How rows of the rarer class count. The default is None.</summary>
    public ClassWeighting ClassWeighting { get; init; } = ClassWeighting.None;
}
