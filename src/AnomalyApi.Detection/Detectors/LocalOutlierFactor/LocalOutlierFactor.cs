using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Local Outlier Factor: a row in thinner surroundings than its neighbours have is anomalous, however thin those are.</summary>
/// <remarks>
/// Breunig, Kriegel, Ng and Sander, LOF: Identifying Density-Based Local Outliers, SIGMOD 2000, definitions 3 to 7. Two things differ. Of
/// rows that are equally far as the k-th neighbour the paper takes all, here there are always k, the earlier rows first, and squared
/// distances that differ by less than 4e-6 of their value count as equal. And 1e-10 is added to the mean reachability distance, so that
/// rows with k copies have a finite density. New rows are scored against the fitted ones, which stay as they were. Distances are
/// Euclidean, so columns should have a common scale. Thread-safe.
/// </remarks>
public sealed class LocalOutlierFactor : IDetector
{
    private readonly LocalOutlierFactorOptions _options;

    /// <summary>Makes the detector; it can fit any number of models.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the text lists every fault.</exception>
    public LocalOutlierFactor(LocalOutlierFactorOptions options)
    {
        DetectorArguments.CheckOptions(options);
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => DetectorCatalog.LocalOutlierFactorName;

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        DetectorArguments.CheckFit(rows, settings);
        var chosen = ReferenceRows.Choose(rows.Features, _options.MaxReferenceRows, settings.Seed);
        var references = new RowPanels(chosen);
        var neighbours = Math.Min(_options.Neighbours, chosen.RowCount - 1);
        var graph = NeighbourGraph.Find(
            chosen,
            references,
            neighbours,
            LocalDensity.RoundingBits,
            settings.MaxThreads,
            share => settings.Progress?.Report(0.99 * share),
            cancellationToken);

        var distances = new float[chosen.RowCount];
        for (var row = 0; row < distances.Length && neighbours > 0; row++)
            distances[row] = MathF.Sqrt(graph.SquaredDistances(row)[^1]);

        var densities = new float[chosen.RowCount];
        for (var row = 0; row < densities.Length; row++)
            densities[row] = (float)LocalDensity.Of(graph.SquaredDistances(row), graph.Neighbours(row), distances);

        settings.Progress?.Report(1);
        cancellationToken.ThrowIfCancellationRequested();
        return new LocalOutlierFactorModel(references, Math.Max(1, neighbours), distances, densities);
    }
}
