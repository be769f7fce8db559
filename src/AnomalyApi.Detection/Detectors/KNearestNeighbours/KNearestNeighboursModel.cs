using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A fitted <see cref="KNearestNeighbours"/>. Immutable and thread-safe; scoring does not allocate.</summary>
/// <remarks>
/// Raw scores are Euclidean distances, 0 or more, in the unit of the columns. A row that was fitted on finds itself among its neighbours.
/// Values beyond about 9e18 / sqrt(columns) count as that, with their sign, and so do infinities; NaN counts as the largest value: such a
/// row is far from all others. A row's score does not depend on the rows scored beside it, nor on the vector width of the machine.
/// </remarks>
public sealed class KNearestNeighboursModel : IDetectorModel
{
    private const int BlockRows = 32;

    private readonly RowPanels _references;
    private readonly NeighbourAggregate _aggregate;
    private readonly float _bound;

    internal KNearestNeighboursModel(RowPanels references, int neighbours, NeighbourAggregate aggregate)
    {
        _references = references;
        _aggregate = aggregate;
        _bound = BoundedRows.Bound(references.ColumnCount);
        Neighbours = neighbours;
    }

    /// <inheritdoc/>
    public int FeatureCount => _references.ColumnCount;

    /// <summary>Neighbours that count: the option, or all reference rows when there were fewer.</summary>
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
            NearestRows.Find(_references, block, Neighbours, distances.Span[..(count * Neighbours)], neighbours.Span[..(count * Neighbours)]);
            for (var row = 0; row < count; row++)
                scores[first + row] = Aggregate(distances.Span.Slice(row * Neighbours, Neighbours));
        }
    }

    private float Aggregate(ReadOnlySpan<float> squaredDistances)
    {
        var middle = squaredDistances.Length / 2;
        return _aggregate switch
        {
            NeighbourAggregate.Mean => Mean(squaredDistances),
            NeighbourAggregate.Median when squaredDistances.Length % 2 == 0 => Mean(squaredDistances.Slice(middle - 1, 2)),
            NeighbourAggregate.Median => MathF.Sqrt(squaredDistances[middle]),
            _ => MathF.Sqrt(squaredDistances[^1]),
        };
    }

    private static float Mean(ReadOnlySpan<float> squaredDistances)
    {
        var sum = 0.0;
        foreach (var squared in squaredDistances)
            sum += Math.Sqrt(squared);

        return (float)(sum / squaredDistances.Length);
    }

    /// <inheritdoc/>
    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteInt32(Neighbours);
        writer.WriteInt32((int)_aggregate);
        ReferenceRows.Write(_references, writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no model of this kind.</exception>
    public static KNearestNeighboursModel Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var neighbours = reader.ReadInt32(1, int.MaxValue, "neighbour count");
        var aggregate = (NeighbourAggregate)reader.ReadInt32(0, (int)NeighbourAggregate.Median, "aggregate");
        var references = ReferenceRows.Read(reader);
        return neighbours <= references.RowCount
            ? new KNearestNeighboursModel(references, neighbours, aggregate)
            : throw new ModelFileException($"A row has {neighbours} neighbours among {references.RowCount} reference rows.");
    }
}
