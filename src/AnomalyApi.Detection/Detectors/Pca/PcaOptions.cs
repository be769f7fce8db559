using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Options of <see cref="Pca"/>.</summary>
public sealed record PcaOptions
{
    /// <summary>What is measured. The default is Whitened.</summary>
    public PcaScore Score { get; init; } = PcaScore.Whitened;

    /// <summary>Number of components kept, those of the largest variance first, from 0 to 10000; 0 leaves it to
    /// <see cref="ExplainedVariance"/>. More than there are columns counts as all of them;
    /// for reconstruction one is left out at least. The default is 0.</summary>
    [Range(0, 10_000)]
    public int Components { get; init; }

    /// <summary>Share of the total variance that the kept components hold at least, from 0 to 1; 0 takes 1, that is all components, for
    /// whitened scores and 0.95 for reconstruction. The default is 0.</summary>
    [Range(0.0, 1.0)]
    public double ExplainedVariance { get; init; }

    /// <summary>Smallest variance a component is taken to have, as a share of the largest one, from 1E-12 to 1. The default is 1E-06.</summary>
    /// <remarks>Only whitened scores look at it. Directions in which the fitted rows hardly differ would otherwise make every other row
    /// infinitely strange.</remarks>
    [Range(1e-12, 1.0)]
    public double VarianceFloor { get; init; } = 1e-6;
}
