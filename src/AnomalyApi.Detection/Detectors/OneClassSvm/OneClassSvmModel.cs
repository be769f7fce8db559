using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A fitted <see cref="OneClassSvm"/>. Immutable and thread-safe; scoring does not allocate.</summary>
/// <remarks>
/// Raw scores are 0 on the boundary and above it outside. With support vectors they are ln(rho) - ln(sum of alpha_i K(x_i, x)), the
/// alpha adding up to 1, which still rises with the distance where the kernel itself would have become 0. With Fourier features they are
/// rho - w z(x), which far from all rows is about rho. Infinities and NaN count as very large values: such a row is far from all others.
/// A row's score does not depend on the rows scored beside it.
/// </remarks>
public sealed class OneClassSvmModel : IDetectorModel
{
    private const double LeastBoundary = 1e-300;

    private readonly KernelExpansion? _vectors;
    private readonly FourierExpansion? _fourier;
    private readonly double _boundary;
    private readonly double _offset;

    internal OneClassSvmModel(KernelExpansion vectors, double boundary)
    {
        _vectors = vectors;
        _boundary = boundary;
        _offset = Math.Log(Math.Max(boundary, LeastBoundary));
    }

    internal OneClassSvmModel(FourierExpansion fourier, double boundary)
    {
        _fourier = fourier;
        _boundary = boundary;
        _offset = boundary;
    }

    /// <inheritdoc/>
    public int FeatureCount => _vectors?.FeatureCount ?? _fourier!.FeatureCount;

    /// <summary>Number of support vectors; 0 with Fourier features.</summary>
    public int SupportVectorCount => _vectors?.VectorCount ?? 0;

    /// <summary>rho, what the sum is on the boundary.</summary>
    public double Boundary => _boundary;

    /// <inheritdoc/>
    public void Score(FeatureMatrix rows, Span<float> scores)
    {
        DetectorArguments.CheckScore(FeatureCount, rows, scores);
        if (_vectors is not null)
            _vectors.Score(rows, scores, asLogarithm: true, _offset, -1);
        else
            _fourier!.Score(rows, scores, _offset);
    }

    /// <inheritdoc/>
    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteInt32(_vectors is not null ? 0 : 1);
        writer.WriteDouble(_boundary);
        _vectors?.Write(writer);
        _fourier?.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no one-class support vector machine.</exception>
    public static OneClassSvmModel Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var isFourier = reader.ReadInt32(0, 1, "kind of boundary") == 1;
        var boundary = reader.ReadDouble();
        if (!(Math.Abs(boundary) <= 1e12))
            throw new ModelFileException($"The boundary is {boundary}; allowed is -1E+12 to 1E+12.");

        return isFourier
            ? new OneClassSvmModel(FourierExpansion.Read(reader), boundary)
            : new OneClassSvmModel(KernelExpansion.Read(reader, onlyPositive: true), boundary);
    }
}
