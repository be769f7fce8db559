using System.Numerics.Tensors;
using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A fitted <see cref="Mahalanobis"/>. Immutable and thread-safe; scoring does not allocate.</summary>
/// <remarks>
/// Raw scores are squared distances, 0 or more; over normal rows about a chi-square variable with as many degrees of freedom as there are columns,
/// a little larger because trimming makes the covariance small. NaN counts as the mean of its column, an infinity as the largest float; a score too
/// large for a float is the largest float. A row's score does not depend on the rows scored beside it.
/// </remarks>
public sealed class MahalanobisModel : IDetectorModel
{
    private readonly SquaredProjection _distance;

    internal MahalanobisModel(SquaredProjection distance) => _distance = distance;

    /// <inheritdoc/>
    public int FeatureCount => _distance.InputCount;

    /// <inheritdoc/>
    public void Score(FeatureMatrix rows, Span<float> scores)
    {
        DetectorArguments.CheckScore(FeatureCount, rows, scores);
        _distance.Score(rows, scores);
    }

    /// <inheritdoc/>
    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteArray(_distance.Mean);
        writer.WriteArray(_distance.Factor);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no such model.</exception>
    public static MahalanobisModel Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var mean = reader.ReadArray<float>();
        var factor = reader.ReadArray<float>();
        if (mean.Length == 0 || factor.Length != (long)mean.Length * mean.Length)
            throw new ModelFileException($"{factor.Length} weights for {mean.Length} columns; the square of the columns, at least 1, is needed.");

        if (!TensorPrimitives.IsFiniteAll<float>(mean) || !TensorPrimitives.IsFiniteAll<float>(factor))
            throw new ModelFileException("A mean or a weight is not finite.");

        return new MahalanobisModel(new SquaredProjection(mean, factor));
    }
}
