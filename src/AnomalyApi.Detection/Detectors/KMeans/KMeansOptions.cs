using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Options of <see cref="KMeans"/>.</summary>
public sealed record KMeansOptions
{
    /// <summary>Clusters looked for, from 1 to 1000. The default is 32.</summary>
    /// <remarks>There are fewer when fewer rows differ.</remarks>
    [Range(1, 1000)]
    public int Clusters { get; init; } = 32;

    /// <summary>What is measured. The default is Distance.</summary>
    [EnumDataType(typeof(KMeansScore))]
    public KMeansScore Score { get; init; } = KMeansScore.Distance;

    /// <summary>Rows a cluster must hold for its centre to count as normal, as a share of what each would hold if all were equally large,
    /// from 0 to 1. The default is 0.2.</summary>
    /// <remarks>Rows of smaller clusters are measured from the centres that are left, so that a group of like attacks among the fitted rows does
    /// not vouch for itself. At 0 all count.</remarks>
    [Range(0.0, 1.0)]
    public double LeastSize { get; init; } = 0.2;

    /// <summary>Times the search begins anew, from 1 to 100; the narrowest clusters are kept. The default is 3.</summary>
    [Range(1, 100)]
    public int Starts { get; init; } = 3;

    /// <summary>Times the centres are moved, at most, from 1 to 10000. The default is 100.</summary>
    [Range(1, 10_000)]
    public int MaxIterations { get; init; } = 100;

    /// <summary>Share of the sum of squared distances that a move must save for the search to go on, from 0 to 1. The default is 0.0001.</summary>
    [Range(0.0, 1.0)]
    public double Tolerance { get; init; } = 1e-4;
}
