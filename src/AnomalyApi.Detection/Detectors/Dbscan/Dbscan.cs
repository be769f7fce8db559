using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>DBSCAN: rows with enough others around them are core points of clusters; a row far from all core points is noise.</summary>
/// <remarks>
/// Ester, Kriegel, Sander and Xu, A Density-Based Algorithm for Discovering Clusters in Large Spatial Databases with Noise, KDD 1996.
/// The paper has no score: here it is the distance to the nearest core point over eps, so that 1 is the line between the clusters' rows
/// and noise. Distances are Euclidean, so columns should have a common scale. Thread-safe.
/// </remarks>
public sealed class Dbscan : IDetector
{
    private readonly DbscanOptions _options;

    /// <summary>Makes the detector; it can fit any number of models.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the text lists every fault.</exception>
    public Dbscan(DbscanOptions options)
    {
        DetectorArguments.CheckOptions(options);
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => DetectorCatalog.DbscanName;

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        DetectorArguments.CheckFit(rows, settings);
        var chosen = ReferenceRows.Choose(rows.Features, _options.MaxReferenceRows, settings.Seed);

        // A row is among its own neighbours (definition 1 of the paper), but not in the graph.
        var others = Math.Min(_options.MinPoints, chosen.RowCount) - 1;
        var graph = NeighbourGraph.Find(
            chosen, new RowPanels(chosen), others, 0, settings.MaxThreads, share => settings.Progress?.Report(0.5 * share), cancellationToken);
        var squared = new float[chosen.RowCount];
        for (var row = 0; row < squared.Length && others > 0; row++)
            squared[row] = graph.SquaredDistances(row)[^1];

        var eps = Math.Max(_options.Eps > 0 ? (float)_options.Eps : Knee(squared), DbscanModel.SmallestEps);

        // The root of a square may fall short of it by a last digit; the row at the knee itself is to be a core point.
        var squaredEps = MathF.BitIncrement(eps * eps);
        var core = chosen.Pick([.. Enumerable.Range(0, squared.Length).Where(row => squared[row] <= squaredEps)]);
        if (core.RowCount == 0)
            return Finish(new DbscanModel(new RowPanels(chosen), eps, clusterCount: 0, noiseShare: 1), settings, cancellationToken);

        var panels = new RowPanels(core);
        var clusters = CoreClusters.Count(core, panels, squaredEps, share => settings.Progress?.Report(0.5 + 0.25 * share), cancellationToken);
        var borderOrNoise = chosen.Pick([.. Enumerable.Range(0, squared.Length).Where(row => squared[row] > squaredEps)]);
        var noise = Noise(borderOrNoise, panels, squaredEps, settings, cancellationToken);
        return Finish(new DbscanModel(panels, eps, clusters, (double)noise / chosen.RowCount), settings, cancellationToken);
    }

    private static float Knee(float[] squaredDistances)
    {
        var curve = Array.ConvertAll(squaredDistances, MathF.Sqrt);
        Array.Sort(curve);
        return DistanceCurve.Knee(curve);
    }

    /// <summary>Counts the rows that no core point is near.</summary>
    private static int Noise(
        FeatureMatrix rows, RowPanels core, float squaredEps, FitSettings settings, CancellationToken cancellationToken)
    {
        var distances = new float[rows.RowCount];
        var nearest = new int[rows.RowCount];
        NeighbourGraph.ForBlocks(
            rows.RowCount,
            settings.MaxThreads,
            (first, count) => NearestRows.Find(
                core,
                rows.AsSpan().Slice(first * rows.ColumnCount, count * rows.ColumnCount),
                1,
                distances.AsSpan(first, count),
                nearest.AsSpan(first, count)),
            share => settings.Progress?.Report(0.75 + 0.24 * share),
            cancellationToken);
        return distances.Count(distance => distance > squaredEps);
    }

    private static DbscanModel Finish(DbscanModel model, FitSettings settings, CancellationToken cancellationToken)
    {
        settings.Progress?.Report(1);
        cancellationToken.ThrowIfCancellationRequested();
        return model;
    }
}
