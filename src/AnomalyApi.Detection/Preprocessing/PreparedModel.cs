using System.Buffers;
using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Preprocessing;

/// <summary>A detector model behind the preparation it was fitted with. Immutable and thread-safe; scoring does not allocate.</summary>
internal sealed class PreparedModel : IDetectorModel
{
    // Rows prepared at a time: the prepared values stay in the cache until they are scored.
    private const int BlockRows = 256;

    /// <exception cref="ArgumentException">The detector takes other columns than the preparation gives.</exception>
    public PreparedModel(Preparation preparation, IDetectorModel inner)
    {
        if (preparation.OutputCount != inner.FeatureCount)
            throw new ArgumentException($"The preparation gives {preparation.OutputCount} columns; the detector takes {inner.FeatureCount}.", nameof(inner));

        Preparation = preparation;
        Inner = inner;
    }

    public Preparation Preparation { get; }

    public IDetectorModel Inner { get; }

    public int FeatureCount => Preparation.InputCount;

    public void Score(FeatureMatrix rows, Span<float> scores)
    {
        DetectorArguments.CheckScore(FeatureCount, rows, scores);
        var width = Preparation.OutputCount;
        var buffer = ArrayPool<float>.Shared.Rent(Math.Min(BlockRows, rows.RowCount) * width);
        try
        {
            for (var first = 0; first < rows.RowCount; first += BlockRows)
            {
                var count = Math.Min(BlockRows, rows.RowCount - first);
                var prepared = new FeatureMatrix(buffer, count, width);
                Preparation.Apply(rows, first, prepared);
                Inner.Score(prepared, scores.Slice(first, count));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    public void Write(ModelSectionWriter writer)
    {
        Preparation.Write(writer);
        Inner.Write(writer);
    }
}
