using System.Buffers;
using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A fitted <see cref="KMeans"/>. Immutable and thread-safe; scoring does not allocate.</summary>
/// <remarks>
/// Raw scores are 0 or more: Euclidean distances in the unit of the columns, or relative ones, about 1 for rows like the fitted ones.
/// Values beyond about 9e18 / sqrt(columns) count as that, with their sign, and so do infinities; NaN counts as the largest value: such a
/// row is far from all centres. A score too large for a float is the largest float. A row's score does not depend on the rows scored beside it, nor on
/// the vector width of the machine.
/// </remarks>
public sealed class KMeansModel : IDetectorModel
{
    private const int BlockRows = 64;

    private readonly RowPanels _centres;
    private readonly float[] _spreads;
    private readonly float _bound;

    internal KMeansModel(RowPanels centres, float[] spreads, KMeansScore score)
    {
        _centres = centres;
        _spreads = spreads;
        _bound = BoundedRows.Bound(centres.ColumnCount);
        ScoreKind = score;
    }

    /// <inheritdoc/>
    public int FeatureCount => _centres.ColumnCount;

    /// <summary>What its scores measure.</summary>
    public KMeansScore ScoreKind { get; }

    /// <summary>Centres that rows are measured from.</summary>
    public int ClusterCount => _centres.RowCount;

    /// <summary>One centre, <see cref="FeatureCount"/> values.</summary>
    public float[] Centre(int cluster)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cluster);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(cluster, ClusterCount);
        var centre = new float[FeatureCount];
        _centres.CopyRow(cluster, centre);
        return centre;
    }

    /// <summary>Root of the mean squared distance between a cluster's rows and its centre, drawn a little towards that of all clusters; 1 when all rows are
    /// centres.</summary>
    public float Spread(int cluster) => _spreads[cluster];

    /// <inheritdoc/>
    public void Score(FeatureMatrix rows, Span<float> scores)
    {
        DetectorArguments.CheckScore(FeatureCount, rows, scores);
        Span<int> nearest = stackalloc int[BlockRows];
        var values = ArrayPool<float>.Shared.Rent(BlockRows * FeatureCount);
        try
        {
            for (var first = 0; first < scores.Length; first += BlockRows)
            {
                var count = Math.Min(BlockRows, scores.Length - first);
                var block = values.AsSpan(0, count * FeatureCount);
                var found = scores.Slice(first, count);
                BoundedRows.Copy(rows.AsSpan().Slice(first * FeatureCount, block.Length), block, _bound);
                NearestRow.Find(_centres, block, found, nearest[..count]);
                for (var row = 0; row < count; row++)
                    found[row] = MathF.Sqrt(found[row]);

                for (var row = 0; row < count && ScoreKind == KMeansScore.Relative; row++)
                    found[row] = Math.Min(found[row] / _spreads[nearest[row]], float.MaxValue);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(values);
        }
    }

    /// <inheritdoc/>
    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteInt32((int)ScoreKind);
        ReferenceRows.Write(_centres, writer);
        writer.WriteArray<float>(_spreads);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no such model.</exception>
    public static KMeansModel Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var score = (KMeansScore)reader.ReadInt32(0, (int)KMeansScore.Relative, "score kind");
        var centres = ReferenceRows.Read(reader);
        var spreads = reader.ReadArray<float>(centres.RowCount, "spreads of clusters");
        foreach (var spread in spreads)
        {
            if (!(spread > 0) || !float.IsFinite(spread))
                throw new ModelFileException($"The spread of a cluster is {spread}; it must be above 0.");
        }

        return new KMeansModel(centres, spreads, score);
    }
}
