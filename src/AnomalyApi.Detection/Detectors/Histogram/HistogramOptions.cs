using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Options of <see cref="Histogram"/>.</summary>
public sealed record HistogramOptions
{
    /// <summary>Number of bins of each column, from 2 to 1000. The default is 20.</summary>
    [Range(2, 1000)]
    public int Bins { get; init; } = 20;

    /// <summary>How the bins are laid out. The default is Static.</summary>
    public HistogramBins Layout { get; init; } = HistogramBins.Static;

    /// <summary>Rows added to each bin, so that an empty one is unlikely but not impossible, from 0.001 to 1000. The default is 0.5.</summary>
    /// <remarks>The paper adds none and says nothing of empty bins. A half is what Jeffreys' prior adds, which is best in the worst case:
    /// Krichevsky and Trofimov, IEEE Transactions on Information Theory 27, 1981.</remarks>
    [Range(0.001, 1000.0)]
    public double Smoothing { get; init; } = 0.5;
}
