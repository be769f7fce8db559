using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Options of <see cref="Mahalanobis"/>.</summary>
public sealed record MahalanobisOptions
{
    /// <summary>Share of the fitted rows that have no say in mean and covariance, those furthest out, from 0 to 0.5; 0 switches robustness
    /// off. The default is 0.01.</summary>
    [Range(0.0, 0.5)]
    public double TrimmedShare { get; init; } = 0.01;

    /// <summary>How the covariance is shrunk. The default is LedoitWolf.</summary>
    public CovarianceShrinkage Shrinkage { get; init; } = CovarianceShrinkage.LedoitWolf;

    /// <summary>Least share by which the covariance is shrunk, from 1E-12 to 1. The default is 1E-06.</summary>
    /// <remarks>What keeps constant and collinear columns from making every other row infinitely strange.</remarks>
    [Range(1e-12, 1.0)]
    public double LeastShrinkage { get; init; } = 1e-6;
}
