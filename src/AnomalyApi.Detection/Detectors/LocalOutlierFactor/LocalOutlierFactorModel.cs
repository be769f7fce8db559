using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A fitted <see cref="LocalOutlierFactor"/>. Immutable and thread-safe; scoring does not allocate.</summary>
/// <remarks>
/// Raw scores are local outlier factors, definition 7 of the paper: about 1 inside a crowd of any density, above 1 where the neighbours
/// stand closer than the row does, 0 or more. Fitted on copies of one row, or on one row, the factor is 1 for that row and 1e10 times the
/// distance for others. Values beyond about 9e18 / sqrt(columns) count as that, with their sign, and so do infinities; NaN counts as the
/// largest value: such a row is far from all others. A row's score does not depend on the rows scored beside it, nor on the vector width
/// of the machine.
/// </remarks>
public sealed class LocalOutlierFactorModel : IDetectorModel
{
    private const int BlockRows = 32;

    private readonly RowPanels _references;
    private readonly float[] _kDistances;
    private readonly float[] _densities;
    private readonly float _bound;

    internal LocalOutlierFactorModel(RowPanels references, int neighbours, float[] kDistances, float[] densities)
    {
        _references = references;
        _kDistances = kDistances;
        _densities = densities;
        _bound = BoundedRows.Bound(references.ColumnCount);
        Neighbours = neighbours;
    }

    /// <inheritdoc/>
    public int FeatureCount => _references.ColumnCount;

    /// <summary>Neighbours that count: the option, or all other reference rows when there were fewer.</summary>
    public int Neighbours { get; }

    /// <summary>Rows that others are compared with.</summary>
    public int ReferenceCount => _references.RowCount;

    /// <inheritdoc/>
    public void Score(FeatureMatrix rows, Span<float> scores)
    {
        DetectorArguments.CheckScore(FeatureCount, rows, scores);
        using var values = new Scratch<float>(BlockRows * FeatureCount);
        using var distances = new Scratch<float>(BlockRows * Neighbours);
        using var neighbours = new Scratch<int>(BlockRows * Neighbours);
        for (var first = 0; first < scores.Length; first += BlockRows)
        {
            var count = Math.Min(BlockRows, scores.Length - first);
            var block = values.Span[..(count * FeatureCount)];
            BoundedRows.Copy(rows.AsSpan().Slice(first * FeatureCount, block.Length), block, _bound);
            NearestRows.Find(
                _references,
                block,
                Neighbours,
                distances.Span[..(count * Neighbours)],
                neighbours.Span[..(count * Neighbours)],
                roundingBits: LocalDensity.RoundingBits);
            for (var row = 0; row < count; row++)
            {
                scores[first + row] = Factor(
                    distances.Span.Slice(row * Neighbours, Neighbours), neighbours.Span.Slice(row * Neighbours, Neighbours));
            }
        }
    }

    private float Factor(ReadOnlySpan<float> squaredDistances, ReadOnlySpan<int> neighbours)
    {
        var sum = 0.0;
        foreach (var neighbour in neighbours)
            sum += _densities[neighbour];

        // At most 1e10 x 1.9e19, so finite.
        return (float)(sum / neighbours.Length / LocalDensity.Of(squaredDistances, neighbours, _kDistances));
    }

    /// <inheritdoc/>
    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteInt32(Neighbours);
        ReferenceRows.Write(_references, writer);
        writer.WriteArray<float>(_kDistances);
        writer.WriteArray<float>(_densities);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no model of this kind.</exception>
    public static LocalOutlierFactorModel Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var neighbours = reader.ReadInt32(1, int.MaxValue, "neighbour count");
        var references = ReferenceRows.Read(reader);
        var kDistances = reader.ReadArray<float>(references.RowCount, "k-distances");
        var densities = reader.ReadArray<float>(references.RowCount, "densities");
        if (neighbours > references.RowCount)
            throw new ModelFileException($"A row has {neighbours} neighbours among {references.RowCount} reference rows.");

        var farthest = MathF.Sqrt(float.MaxValue);
        if (kDistances.Any(distance => !(distance >= 0 && distance <= farthest)))
            throw new ModelFileException($"A k-distance is not in 0 to {farthest}.");

        if (densities.Any(density => !(density >= 0 && density <= (float)LocalDensity.Largest)))
            throw new ModelFileException($"A density is not in 0 to {LocalDensity.Largest}.");

        return new LocalOutlierFactorModel(references, neighbours, kDistances, densities);
    }
}
