using System.Numerics.Tensors;
using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A fitted <see cref="Pca"/>. Immutable and thread-safe; scoring does not allocate.</summary>
/// <remarks>
/// Raw scores are 0 or more: whitened they average the number of kept components over the fitted rows, which is what a chi-square variable of
/// as many degrees of freedom does; of reconstruction they are in squared units of the columns. NaN counts as the mean of its column, an
/// infinity as the largest float. A score too large for a float is the largest float. A row's score does not depend on the rows scored beside it.
/// </remarks>
public sealed class PcaModel : IDetectorModel
{
    /// <summary>The least variance a component is taken to have when the fitted rows have none at all.</summary>
    internal const double LeastVariance = 1e-12;

    private readonly SquaredProjection _projection;

    internal PcaModel(PcaScore score, int componentCount, SquaredProjection projection)
    {
        ScoreKind = score;
        ComponentCount = componentCount;
        _projection = projection;
    }

    /// <inheritdoc/>
    public int FeatureCount => _projection.InputCount;

    /// <summary>What its scores measure.</summary>
    public PcaScore ScoreKind { get; }

    /// <summary>Number of components kept.</summary>
    public int ComponentCount { get; }

    /// <inheritdoc/>
    public void Score(FeatureMatrix rows, Span<float> scores)
    {
        DetectorArguments.CheckScore(FeatureCount, rows, scores);
        _projection.Score(rows, scores);
    }

    /// <inheritdoc/>
    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteInt32((int)ScoreKind);
        writer.WriteInt32(ComponentCount);
        writer.WriteArray(_projection.Mean);
        writer.WriteArray(_projection.Factor);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no such model.</exception>
    public static PcaModel Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var score = (PcaScore)reader.ReadInt32(0, 1, "score kind");
        var componentCount = reader.ReadInt32(1, int.MaxValue, "component count");
        var mean = reader.ReadArray<float>();
        var factor = reader.ReadArray<float>();
        if (mean.Length == 0 || componentCount > mean.Length)
            throw new ModelFileException($"{componentCount} components of {mean.Length} columns; allowed is 1 to as many as columns.");

        var rank = score == PcaScore.Whitened ? componentCount : mean.Length - componentCount;
        if (factor.Length != (long)rank * mean.Length)
            throw new ModelFileException($"{factor.Length} weights; {rank} x {mean.Length} are needed.");

        // Of one column nothing is left to reconstruct, and there are no weights.
        if (!TensorPrimitives.IsFiniteAll<float>(mean) || (factor.Length > 0 && !TensorPrimitives.IsFiniteAll<float>(factor)))
            throw new ModelFileException("A mean or a weight is not finite.");

        return new PcaModel(score, componentCount, new SquaredProjection(mean, factor));
    }
}
