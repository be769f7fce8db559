namespace AnomalyApi.Detection.Detectors;

/// <summary>Learns from labels the weighted sum of columns that is the log-odds of an anomaly.</summary>
/// <remarks>
/// Bishop, Pattern Recognition and Machine Learning, 2006, section 4.3.2; the penalty is Hoerl and Kennard, Technometrics 12, 1970. The
/// minimum is unique where L2 is above 0, and does not depend on the seed. Columns are penalised by their weight after standardising, so the
/// unit of a column changes nothing, and a column of bytes beside one of shares hinders no convergence. A constant column has no
/// influence. Thread-safe.
/// </remarks>
public sealed class LogisticRegression : IDetector
{
    private readonly LogisticRegressionOptions _options;

    /// <summary>Makes the detector; it can fit any number of models.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the text lists every fault.</exception>
    public LogisticRegression(LogisticRegressionOptions options)
    {
        DetectorArguments.CheckOptions(options);
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => DetectorCatalog.LogisticRegressionName;

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        var labelled = DetectorArguments.CheckLabelledFit(rows, settings);
        cancellationToken.ThrowIfCancellationRequested();
        var objective = new LogisticObjective(labelled, _options.ClassWeighting, _options.L2, settings.MaxThreads, cancellationToken);
        var solution = TrustRegionNewton.Minimise(objective, _options.MaxIterations, settings.Progress);
        settings.Progress?.Report(1);
        cancellationToken.ThrowIfCancellationRequested();
        var (weights, intercept) = objective.ForRawColumns(solution);
        return new LogisticRegressionModel(weights, objective.Means.ToArray(), intercept);
    }
}
