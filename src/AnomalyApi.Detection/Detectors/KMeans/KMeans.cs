using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Distance to the nearest of a few centres, each the middle of a group of rows.</summary>
/// <remarks>
/// Lloyd, Least Squares Quantization in PCM, IEEE Transactions on Information Theory 28, 1982, begun as Arthur and Vassilvitskii propose
/// (k-means++: The Advantages of Careful Seeding, SODA 2007). Clusters too small to be trusted: He, Xu and Deng, Discovering Cluster-based Local Outliers,
/// Pattern Recognition Letters 24, 2003, section 3. Distances are Euclidean, so columns should have a common scale; values too large for a finite
/// distance are moved to the largest. Thread-safe.
/// </remarks>
public sealed class KMeans : IDetector
{
    private readonly KMeansOptions _options;

    /// <summary>Makes the detector; it can fit any number of models.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the text lists every fault.</exception>
    public KMeans(KMeansOptions options)
    {
        DetectorArguments.CheckOptions(options);
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => DetectorCatalog.KMeansName;

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        DetectorArguments.CheckFit(rows, settings);
        cancellationToken.ThrowIfCancellationRequested();
        var features = BoundedRows.Copy(rows.Features);
        var stripes = new RowStripes(features.RowCount, settings.MaxThreads, cancellationToken);
        var seeds = new SeededRandom(settings.Seed);
        KMeansClusters? best = null;
        for (var start = 0; start < _options.Starts; start++)
        {
            var found = Search(features, stripes, new SeededRandom(seeds.NextUInt64()), start, settings.Progress, cancellationToken);
            if (best is null || found.Inertia < best.Inertia)
                best = found;
        }

        settings.Progress?.Report(1);
        return Model(best!, features);
    }

    private KMeansClusters Search(
        FeatureMatrix rows, RowStripes stripes, SeededRandom random, int start, IProgress<double>? progress, CancellationToken ct)
    {
        void Report(double share)
        {
            progress?.Report((start + share) / _options.Starts);
            ct.ThrowIfCancellationRequested();
        }

        // Seeding takes about half of the time; how many moves are to come, nobody knows.
        var centres = new KMeansStart(rows, stripes).Choose(_options.Clusters, ref random, count => Report(0.5 * count / _options.Clusters));
        var clusters = new KMeansClusters(rows, centres, stripes);
        for (var move = 0; move < _options.MaxIterations; move++)
        {
            Report(1 - 0.5 / (1 + move / 10.0));
            if (clusters.Move() <= _options.Tolerance)
                break;
        }

        return clusters;
    }

    private KMeansModel Model(KMeansClusters clusters, FeatureMatrix rows)
    {
        var all = clusters.Clusters.ToArray();

        // The largest holds an equal part at least, so one is left.
        var least = _options.LeastSize * rows.RowCount / all.Length;
        var kept = all.Where(cluster => cluster.RowCount >= least).ToArray();

        var usual = clusters.Inertia / rows.RowCount;
        var spreads = Array.ConvertAll(kept, cluster => Spread(cluster.Squares, cluster.RowCount, usual));
        float[] centres = [.. kept.SelectMany(cluster => cluster.Centre)];
        return new KMeansModel(new RowPanels(new FeatureMatrix(centres, kept.Length, rows.ColumnCount)), spreads, _options.Score);
    }

    /// <summary>As if the cluster had one row more, at the distance that is usual in all of them: one of copies would have no spread.</summary>
    private static float Spread(double squares, int rowCount, double usual) =>
        usual > 0 ? (float)Math.Sqrt((squares + usual) / (rowCount + 1)) : 1;
}
