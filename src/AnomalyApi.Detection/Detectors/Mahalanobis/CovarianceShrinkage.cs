namespace AnomalyApi.Detection.Detectors;

/// <summary>How <see cref="Mahalanobis"/> chooses the share by which the covariance gives way to equal, independent variances.</summary>
public enum CovarianceShrinkage
{
    /// <summary>Least expected squared error whatever the distribution: Ledoit and Wolf, Journal of Multivariate Analysis 88, 2004, section 3.2.</summary>
    LedoitWolf,

    /// <summary>The same for normal rows, with less work: Chen, Wiesel, Eldar and Hero, IEEE Transactions on Signal Processing 58, 2010,
    /// equation 23.</summary>
    Oas,

    /// <summary>Only the least share that <see cref="MahalanobisOptions.LeastShrinkage"/> asks for.</summary>
    None,
}
