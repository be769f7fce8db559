using System.Buffers;
using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A straight function of Fourier features. Immutable and thread-safe.</summary>
internal sealed class FourierExpansion
{
    private const double LargestWeight = 1e12;

    private readonly FourierFeatures _features;
    private readonly double[] _weights;

    public FourierExpansion(FourierFeatures features, double[] weights)
    {
        _features = features;
        _weights = weights;
    }

    public int FeatureCount => _features.ColumnCount;

    /// <summary>Gives every row <paramref name="offset"/> minus the sum of weight x feature.</summary>
    public void Score(FeatureMatrix rows, Span<float> scores, double offset)
    {
        var rented = ArrayPool<float>.Shared.Rent(FeatureCount + 3 * _features.PairCount);
        try
        {
            var bound = BoundedRows.Bound(FeatureCount);
            var bounded = rented.AsSpan(0, FeatureCount);
            var mapped = rented.AsSpan(FeatureCount, _features.Count);
            var angles = rented.AsSpan(FeatureCount + _features.Count, _features.PairCount);
            for (var row = 0; row < rows.RowCount; row++)
            {
                BoundedRows.Copy(rows.Row(row), bounded, bound);
                _features.Map(bounded, mapped, angles);
                scores[row] = (float)(offset - MixedProducts.Dot(mapped, _weights));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    public void Write(ModelSectionWriter writer)
    {
        _features.Write(writer);
        writer.WriteArray<double>(_weights);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no such function.</exception>
    public static FourierExpansion Read(ModelSectionReader reader)
    {
        var features = FourierFeatures.Read(reader);
        var weights = reader.ReadArray<double>(features.Count, "weights");
        return weights.Any(value => !(Math.Abs(value) <= LargestWeight))
            ? throw new ModelFileException($"A weight is beyond {LargestWeight}.")
            : new FourierExpansion(features, weights);
    }
}
