using System.Buffers;
using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A fitted <see cref="SupportVectorMachine"/>. Immutable and thread-safe; scoring does not allocate.</summary>
/// <remarks>
/// Raw scores are the decision value: 0 on the boundary, 1 on the margin of the anomalies, -1 on that of the normal rows. With the radial
/// kernel a row far from everything gets the intercept, and infinities and NaN are far from everything. With a straight boundary
/// infinities count as very large values, and NaN as 0. A row's score does not depend on the rows scored beside it.
/// </remarks>
public sealed class SupportVectorMachineModel : IDetectorModel
{
    private const double LargestWeight = 1e30;

    private readonly KernelExpansion? _vectors;
    private readonly double[] _weights;
    private readonly float _bound;

    internal SupportVectorMachineModel(double[] weights, double intercept)
    {
        _weights = weights;
        _bound = BoundedRows.Bound(weights.Length);
        Intercept = intercept;
    }

    internal SupportVectorMachineModel(KernelExpansion vectors, double intercept)
    {
        _vectors = vectors;
        _weights = [];
        Intercept = intercept;
    }

    /// <inheritdoc/>
    public int FeatureCount => _vectors?.FeatureCount ?? _weights.Length;

    /// <summary>Number of support vectors; 0 for a straight boundary.</summary>
    public int SupportVectorCount => _vectors?.VectorCount ?? 0;

    /// <summary>What each column adds per unit; empty with the radial kernel.</summary>
    public ReadOnlySpan<double> Weights => _weights;

    /// <summary>What is added to the sum.</summary>
    public double Intercept { get; }

    /// <inheritdoc/>
    public void Score(FeatureMatrix rows, Span<float> scores)
    {
        DetectorArguments.CheckScore(FeatureCount, rows, scores);
        if (_vectors is not null)
        {
            _vectors.Score(rows, scores, asLogarithm: false, Intercept, 1);
            return;
        }

        var bounded = ArrayPool<float>.Shared.Rent(FeatureCount);
        try
        {
            var values = bounded.AsSpan(0, FeatureCount);
            for (var row = 0; row < scores.Length; row++)
            {
                Bound(rows.Row(row), values);
                scores[row] = (float)Math.Clamp(MixedProducts.Dot(values, _weights) + Intercept, -float.MaxValue, float.MaxValue);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(bounded);
        }
    }

    /// <inheritdoc/>
    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteInt32((int)(_vectors is not null ? SupportVectorKernel.Rbf : SupportVectorKernel.Linear));
        writer.WriteDouble(Intercept);
        if (_vectors is not null)
            _vectors.Write(writer);
        else
            writer.WriteArray<double>(_weights);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no support vector machine.</exception>
    public static SupportVectorMachineModel Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var kernel = (SupportVectorKernel)reader.ReadInt32(0, 1, "kernel");
        var intercept = reader.ReadDouble();
        if (!(Math.Abs(intercept) <= LargestWeight))
            throw new ModelFileException($"The intercept is {intercept}; allowed is -1E+30 to 1E+30.");

        if (kernel == SupportVectorKernel.Rbf)
            return new SupportVectorMachineModel(KernelExpansion.Read(reader, onlyPositive: false), intercept);

        var weights = reader.ReadArray<double>();
        return weights.Length > 0 && weights.All(weight => Math.Abs(weight) <= LargestWeight)
            ? new SupportVectorMachineModel(weights, intercept)
            : throw new ModelFileException("There are no weights, or one is beyond 1E+30.");
    }

    private void Bound(ReadOnlySpan<float> values, Span<float> bounded)
    {
        for (var column = 0; column < values.Length; column++)
            bounded[column] = float.IsNaN(values[column]) ? 0 : Math.Clamp(values[column], -_bound, _bound);
    }
}
