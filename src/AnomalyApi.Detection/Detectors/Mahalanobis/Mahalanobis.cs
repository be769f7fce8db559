namespace AnomalyApi.Detection.Detectors;

/// <summary>Mahalanobis distance: how far a row is from the mean, measured by how much, and how jointly, columns vary in most rows.</summary>
/// <remarks>
/// Mahalanobis, Proceedings of the National Institute of Sciences of India 2, 1936. Mean and covariance come from the rows that lie closest
/// together, so a few attacks among the fitted rows do not hide themselves: concentration steps of Rousseeuw and Van Driessen, A Fast Algorithm for
/// the Minimum Covariance Determinant Estimator, Technometrics 41, 1999, on a covariance with a fixed shrinkage as in Boudt, Rousseeuw, Vanduffel and
/// Verdonck, The Minimum Regularized Covariance Determinant Estimator, Statistics and Computing 30, 2020, section 3. Two starts are tried, all rows and
/// the half nearest to the medians, and the smaller determinant wins; of more than 20,000 rows the steps see a random sample but for the
/// last one, which sees all. Thread-safe.
/// </remarks>
public sealed class Mahalanobis : IDetector
{
    private const int MaxSampledRows = 20_000;
    private const int MaxSteps = 10;

    private readonly MahalanobisOptions _options;

    /// <summary>Makes the detector; it can fit any number of models.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the text lists every fault.</exception>
    public Mahalanobis(MahalanobisOptions options)
    {
        DetectorArguments.CheckOptions(options);
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => DetectorCatalog.MahalanobisName;

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        DetectorArguments.CheckFit(rows, settings);
        cancellationToken.ThrowIfCancellationRequested();
        int[] all = [.. Enumerable.Range(0, rows.RowCount)];
        var estimate = ShrunkCovariance.Of(rows.Features, all, _options, shrinkage: null, cancellationToken);
        settings.Progress?.Report(0.2);
        if (Kept(rows.RowCount) < rows.RowCount)
        {
            var sampled = rows.RowCount > MaxSampledRows ? rows.Features.Pick(Sample(rows.RowCount, settings.Seed)) : rows.Features;
            var fromAll = Concentrate(sampled, estimate, estimate.Shrinkage, cancellationToken);
            settings.Progress?.Report(0.5);
            var start = ShrunkCovariance.Of(sampled, NearMedians(sampled, cancellationToken), _options, estimate.Shrinkage, cancellationToken);
            var fromMedians = Concentrate(sampled, start, estimate.Shrinkage, cancellationToken);
            settings.Progress?.Report(0.8);
            estimate = fromMedians.LogDeterminant < fromAll.LogDeterminant ? fromMedians : fromAll;

            // The last step sees all rows, and chooses the shrinkage anew for those that are left.
            estimate = ShrunkCovariance.Of(rows.Features, Nearest(rows.Features, estimate, cancellationToken), _options, shrinkage: null, cancellationToken);
        }

        settings.Progress?.Report(1);
        return new MahalanobisModel(estimate.Distance);
    }

    /// <summary>Keeps the nearest rows and estimates again, until they stay the same.</summary>
    private ShrunkCovariance Concentrate(FeatureMatrix rows, ShrunkCovariance estimate, double shrinkage, CancellationToken ct)
    {
        int[] kept = [];
        for (var step = 0; step < MaxSteps; step++)
        {
            var nearest = Nearest(rows, estimate, ct);
            nearest.AsSpan().Sort();
            if (nearest.AsSpan().SequenceEqual(kept))
                break;

            kept = nearest;
            estimate = ShrunkCovariance.Of(rows, kept, _options, shrinkage, ct);
        }

        return estimate;
    }

    private int[] Nearest(FeatureMatrix rows, ShrunkCovariance estimate, CancellationToken ct)
    {
        var distances = new float[rows.RowCount];
        new MahalanobisModel(estimate.Distance).Score(rows, distances, ct);
        return Smallest(distances, Kept(rows.RowCount));
    }

    private int Kept(int rowCount) => Math.Max(rowCount - (int)(_options.TrimmedShare * rowCount), 1);

    /// <summary>The half of the rows nearest to the medians, each column in units of its median absolute deviation.</summary>
    private static int[] NearMedians(FeatureMatrix rows, CancellationToken ct)
    {
        var distances = new float[rows.RowCount];
        var values = new float[rows.RowCount];
        for (var column = 0; column < rows.ColumnCount; column++)
        {
            ct.ThrowIfCancellationRequested();
            for (var row = 0; row < values.Length; row++)
                values[row] = rows.Row(row)[column];

            values.AsSpan().Sort();
            var median = values[values.Length / 2];
            for (var row = 0; row < values.Length; row++)
                values[row] = Math.Min(Math.Abs(values[row] - median), float.MaxValue);

            values.AsSpan().Sort();
            var deviation = values[values.Length / 2];
            for (var row = 0; row < values.Length; row++)
            {
                // A column that is the same in most rows counts by itself: 1 where it differs.
                var away = Math.Abs((double)rows.Row(row)[column] - median);
                var units = deviation > 0 ? away / deviation : away > 0 ? 1 : 0;
                distances[row] += (float)Math.Min(units * units, 1e6);
            }
        }

        return Smallest(distances, (distances.Length + 1) / 2);
    }

    private static int[] Smallest(float[] distances, int count)
    {
        int[] order = [.. Enumerable.Range(0, distances.Length)];
        Array.Sort(distances, order);
        return order[..count];
    }

    private static int[] Sample(int rowCount, ulong seed)
    {
        int[] order = [.. Enumerable.Range(0, rowCount)];
        new SeededRandom(seed).Shuffle<int>(order);
        return order[..MaxSampledRows];
    }
}
