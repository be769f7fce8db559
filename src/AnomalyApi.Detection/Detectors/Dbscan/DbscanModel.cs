using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A fitted <see cref="Dbscan"/>. Immutable and thread-safe; scoring does not allocate.</summary>
/// <remarks>
/// Raw scores are distances to the nearest core point in units of eps, 0 or more: up to 1 in reach of a cluster, above 1 noise. Where no
/// row is a core point, all fitted rows count as one, so that scores are distances to the nearest of them. Values beyond about
/// 9e18 / sqrt(columns) count as that, with their sign, and so do infinities; NaN counts as the largest value: such a row is far from all
/// others. A row's score does not depend on the rows scored beside it, nor on the vector width of the machine.
/// </remarks>
public sealed class DbscanModel : IDetectorModel
{
    /// <summary>Keeps scores finite where rows are copies of each other and the curve says 0.</summary>
    internal const float SmallestEps = 1e-6f;

    private const int BlockRows = 32;

    private readonly RowPanels _core;
    private readonly float _eps;
    private readonly float _bound;

    internal DbscanModel(RowPanels core, float eps, int clusterCount, double noiseShare)
    {
        _core = core;
        _eps = eps;
        _bound = BoundedRows.Bound(core.ColumnCount);
        ClusterCount = clusterCount;
        NoiseShare = noiseShare;
    }

    /// <inheritdoc/>
    public int FeatureCount => _core.ColumnCount;

    /// <summary>Radius of a neighbourhood, in the unit of the columns: the option, or the knee of the curve; 1e-6 or more.</summary>
    public double Eps => _eps;

    /// <summary>Rows that others are compared with: the core points, or all rows when there is none.</summary>
    public int ReferenceCount => _core.RowCount;

    /// <summary>Clusters among the fitted rows, or their sample; 0 when no row is a core point.</summary>
    public int ClusterCount { get; }

    /// <summary>Share of the fitted rows, or their sample, that belongs to no cluster, 0 to 1; 1 when no row is a core point.</summary>
    public double NoiseShare { get; }

    /// <inheritdoc/>
    public void Score(FeatureMatrix rows, Span<float> scores)
    {
        DetectorArguments.CheckScore(FeatureCount, rows, scores);
        using var values = new Scratch<float>(BlockRows * FeatureCount);
        using var nearest = new Scratch<int>(BlockRows);
        for (var first = 0; first < scores.Length; first += BlockRows)
        {
            var count = Math.Min(BlockRows, scores.Length - first);
            var block = values.Span[..(count * FeatureCount)];
            var some = scores.Slice(first, count);
            BoundedRows.Copy(rows.AsSpan().Slice(first * FeatureCount, block.Length), block, _bound);
            NearestRows.Find(_core, block, 1, some, nearest.Span[..count]);

            // At most 1.9e19 / 1e-6, so finite.
            foreach (ref var score in some)
                score = MathF.Sqrt(score) / _eps;
        }
    }

    /// <inheritdoc/>
    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteSingle(_eps);
        writer.WriteInt32(ClusterCount);
        writer.WriteDouble(NoiseShare);
        ReferenceRows.Write(_core, writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no model of this kind.</exception>
    public static DbscanModel Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var eps = reader.ReadSingle();
        if (!(eps >= SmallestEps && eps <= MathF.Sqrt(float.MaxValue)))
            throw new ModelFileException($"Eps is {eps}; allowed is {SmallestEps} to {MathF.Sqrt(float.MaxValue)}.");

        var clusters = reader.ReadInt32(0, int.MaxValue, "cluster count");
        var noiseShare = reader.ReadDouble();
        if (!(noiseShare is >= 0 and <= 1))
            throw new ModelFileException($"The share of noise is {noiseShare}; allowed is 0 to 1.");

        var core = ReferenceRows.Read(reader);
        return clusters <= core.RowCount
            ? new DbscanModel(core, eps, clusters, noiseShare)
            : throw new ModelFileException($"{core.RowCount} core points cannot form {clusters} clusters.");
    }
}
