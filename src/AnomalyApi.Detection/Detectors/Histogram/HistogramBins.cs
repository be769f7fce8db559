namespace AnomalyApi.Detection.Detectors;

/// <summary>How the bins of a <see cref="Histogram"/> are laid out.</summary>
public enum HistogramBins
{
    /// <summary>Equal widths between the smallest and the largest fitted value.</summary>
    Static,

    /// <summary>Equal numbers of rows; equal values always share a bin. Follows long tails and gaps.</summary>
    Dynamic,
}
