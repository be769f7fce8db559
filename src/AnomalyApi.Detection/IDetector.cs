namespace AnomalyApi.Detection;

/// <summary>A method that learns what is normal, or what sets anomalies apart. Holds options only; fitting changes nothing in it, so one
/// instance serves all threads.</summary>
public interface IDetector
{
    /// <summary>The name users type, as in <see cref="DetectorCatalog"/>.</summary>
    string Name { get; }

    /// <summary>Fits a model to <paramref name="rows"/>, which are not changed and not kept.</summary>
    /// <param name="rows">Shape [n, d], n at least 1. Every value is finite; NaN, for missing, is taken where
    /// <see cref="DetectorDescriptor.AcceptsMissing"/> says so. What labels do is <see cref="DetectorDescriptor.Labels"/>.</param>
    /// <exception cref="ArgumentException">There are no rows, a value is not finite, or labels are needed and one of the two is not
    /// there.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing remains of the fit.</exception>
    IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken);
}
