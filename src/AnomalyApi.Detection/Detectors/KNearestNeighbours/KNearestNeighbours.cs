using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Distance to the k nearest neighbours: a row far from all it is compared with is anomalous.</summary>
/// <remarks>
/// Ramaswamy, Rastogi and Shim, Efficient Algorithms for Mining Outliers from Large Data Sets, SIGMOD 2000. Distances are Euclidean, so
/// columns should have a common scale. Fitting keeps the rows, or a random sample of them, and nothing more. Thread-safe.
/// </remarks>
public sealed class KNearestNeighbours : IDetector
{
    private readonly KNearestNeighboursOptions _options;

    /// <summary>Makes the detector; it can fit any number of models.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the text lists every fault.</exception>
    public KNearestNeighbours(KNearestNeighboursOptions options)
    {
        DetectorArguments.CheckOptions(options);
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => DetectorCatalog.KNearestNeighboursName;

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        DetectorArguments.CheckFit(rows, settings);
        cancellationToken.ThrowIfCancellationRequested();
        var references = new RowPanels(ReferenceRows.Choose(rows.Features, _options.MaxReferenceRows, settings.Seed));
        settings.Progress?.Report(1);
        cancellationToken.ThrowIfCancellationRequested();
        return new KNearestNeighboursModel(references, Math.Min(_options.Neighbours, references.RowCount), _options.Aggregate);
    }
}
