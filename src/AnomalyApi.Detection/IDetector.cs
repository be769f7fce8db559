namespace AnomalyApi.Detection;

/// <summary>A method that learns what is normal. Holds options only; fitting changes nothing in it, so one instance serves all
/// threads.</summary>
public interface IDetector
{
    /// <summary>The name users type, as in <see cref="DetectorCatalog"/>.</summary>
    string Name { get; }

    /// <summary>Fits a model to <paramref name="rows"/>, which are not changed and not kept.</summary>
    /// <param name="rows">Shape [n, d], n at least 1. Every value is finite.</param>
    /// <exception cref="ArgumentException">There are no rows, or a value is not finite.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing remains of the fit.</exception>
    IDetectorModel Fit(FeatureMatrix rows, FitSettings settings, CancellationToken cancellationToken);
}
