using System.Numerics.Tensors;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Half-space trees: random boxes, each cut in the middle, and how many rows fall into the one a row is in.</summary>
/// <remarks>
/// Tan, Ting and Liu, Fast Anomaly Detection for Streaming Data, IJCAI 2011, algorithms 1 and 3. The boxes depend on the range of each column and
/// on the seed; the masses of a fitted model are those of all fitted rows. A constant column has no influence. To learn from rows while they
/// are scored, start a <see cref="StreamingHalfSpaceTrees"/> from the model. Thread-safe.
/// </remarks>
public sealed class HalfSpaceTrees : IDetector
{
    private const int BlockRows = 1024;

    private readonly HalfSpaceTreesOptions _options;

    /// <summary>Makes the detector; it can fit any number of models.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the text lists every fault.</exception>
    public HalfSpaceTrees(HalfSpaceTreesOptions options)
    {
        DetectorArguments.CheckOptions(options);
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => DetectorCatalog.HalfSpaceTreesName;

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        DetectorArguments.CheckFit(rows, settings);
        var (low, high) = Ranges(rows.Features, cancellationToken);
        var boxes = new HalfSpaceBoxes(_options.Trees, _options.Depth, low, high, settings.Seed);
        var masses = new int[boxes.Features.Length];
        for (var row = 0; row < rows.RowCount; row++)
        {
            if (row % BlockRows == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                settings.Progress?.Report((double)row / rows.RowCount);
            }

            boxes.Add(rows.Features.Row(row), masses);
        }

        cancellationToken.ThrowIfCancellationRequested();
        settings.Progress?.Report(1);
        return new HalfSpaceTreesModel(boxes, masses, rows.RowCount, _options.SizeLimit);
    }

    private static (float[] Low, float[] High) Ranges(FeatureMatrix rows, CancellationToken cancellationToken)
    {
        float[] low = [.. rows.Row(0)], high = [.. low];
        for (var row = 0; row < rows.RowCount; row++)
        {
            if (row % BlockRows == 0)
                cancellationToken.ThrowIfCancellationRequested();

            TensorPrimitives.Min(low, rows.Row(row), low);
            TensorPrimitives.Max(high, rows.Row(row), high);
        }

        return (low, high);
    }
}
