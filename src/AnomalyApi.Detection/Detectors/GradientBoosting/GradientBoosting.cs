namespace AnomalyApi.Detection.Detectors;

/// <summary>Gradient boosting: small trees, each grown on what the trees before it still get wrong.</summary>
/// <remarks>
/// Chen and Guestrin, XGBoost: A Scalable Tree Boosting System, KDD 2016: second-order logistic loss (equations 3 to 7), histograms in place of
/// sorted columns, missing values sent the way that gains more (algorithm 3). Rows of unknown label are left out. Growing stops early when
/// rows that were held out gain nothing from more trees. The result does not depend on the number of threads. Thread-safe.
/// </remarks>
public sealed class GradientBoosting : IDetector
{
    private readonly GradientBoostingOptions _options;

    /// <summary>Makes the detector; it can fit any number of models.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the text lists every fault.</exception>
    public GradientBoosting(GradientBoostingOptions options)
    {
        DetectorArguments.CheckOptions(options);
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => DetectorCatalog.GradientBoostingName;

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        var labelled = DetectorArguments.CheckLabelledFit(rows, settings, acceptsMissing: true);
        var bins = BinnedRows.Bin(labelled.Features, _options.Bins, settings.MaxThreads, cancellationToken);
        return new GradientBoostingModel(new BoostingRun(_options, labelled, bins, settings).Grow(cancellationToken));
    }
}
