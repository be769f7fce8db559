namespace AnomalyApi.Detection.Sampling;

/// <summary>A detector that is fitted on resampled rows. Its models are those of the detector inside. Thread-safe.</summary>
/// <remarks>Columns should have been prepared before: SMOTE measures distances, and makes up values between those of categories. So this goes
/// inside a <see cref="Preprocessing.PreparedDetector"/>, not around it.</remarks>
public sealed class ResampledDetector : IDetector
{
    private readonly IDetector _inner;
    private readonly ResamplingOptions _options;

    /// <summary>Wraps a detector.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the text lists every fault.</exception>
    public ResampledDetector(IDetector inner, ResamplingOptions options)
    {
        ArgumentNullException.ThrowIfNull(inner);
        DetectorArguments.CheckOptions(options);
        _inner = inner;
        _options = options;
    }

    /// <summary>The name of the detector inside.</summary>
    public string Name => _inner.Name;

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return _inner.Fit(Resampling.Apply(rows, _options, settings, cancellationToken), settings, cancellationToken);
    }
}
