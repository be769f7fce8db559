using System.Buffers;
using System.Numerics.Tensors;
using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Support vectors with their coefficients: a weighted sum of radial kernels. Immutable and thread-safe.</summary>
internal sealed class KernelExpansion
{
    private const double LargestCoefficient = 1e18;

    // Rows scored together: distances are computed four rows at a time, and all of a block should stay in the cache.
    private const int BlockValues = 32_768;
    private const int LeastBlockRows = 4;
    private const int MostBlockRows = 64;

    private readonly RowPanels _vectors;
    private readonly double[] _coefficients;
    private readonly double _gamma;
    private readonly float _negativeGamma;
    private readonly float _bound;

    private KernelExpansion(FeatureMatrix vectors, ReadOnlySpan<double> coefficients, double gamma)
    {
        _vectors = new RowPanels(vectors);
        _coefficients = new double[_vectors.LaneCount];
        coefficients.CopyTo(_coefficients);
        _gamma = gamma;
        _negativeGamma = (float)-gamma;
        _bound = BoundedRows.Bound(FeatureCount);
    }

    public int FeatureCount => _vectors.ColumnCount;

    public int VectorCount => _vectors.RowCount;

    public double Gamma => _gamma;

    /// <summary>The sum over the rows whose coefficient is not 0.</summary>
    public static KernelExpansion Of(FeatureMatrix rows, ReadOnlySpan<double> coefficients, double gamma)
    {
        var vectors = new List<int>();
        var weights = new List<double>();
        for (var row = 0; row < coefficients.Length; row++)
        {
            if (coefficients[row] != 0)
            {
                vectors.Add(row);
                weights.Add(coefficients[row]);
            }
        }

        return new KernelExpansion(rows.Pick([.. vectors]), [.. weights], gamma);
    }

    /// <summary>Gives every row the sum of coefficient x kernel, or its logarithm.</summary>
    /// <param name="rows">Infinite values count as the largest that keeps distances finite, and so does NaN.</param>
    /// <param name="asLogarithm">The logarithm; all coefficients must be above 0. It does not underflow: however far a row is, a row farther
    /// away has less.</param>
    /// <param name="scores">Receives <paramref name="offset"/> + <paramref name="factor"/> x sum, finite.</param>
    public void Score(FeatureMatrix rows, Span<float> scores, bool asLogarithm, double offset, double factor)
    {
        var lanes = _vectors.LaneCount;
        var blockRows = Math.Clamp(BlockValues / lanes, LeastBlockRows, MostBlockRows);
        blockRows = Math.Min(blockRows, rows.RowCount);
        var bounded = ArrayPool<float>.Shared.Rent(blockRows * FeatureCount);
        var values = ArrayPool<float>.Shared.Rent(blockRows * lanes);
        try
        {
            for (var first = 0; first < rows.RowCount; first += blockRows)
            {
                var count = Math.Min(blockRows, rows.RowCount - first);
                var block = bounded.AsSpan(0, count * FeatureCount);
                BoundedRows.Copy(rows.Values.AsSpan(first * FeatureCount, block.Length), block, _bound);
                SquaredDistances.Compute(_vectors, block, values.AsSpan(0, count * lanes));
                for (var row = 0; row < count; row++)
                {
                    // Always the same length, so the last digit does not depend on the rows beside.
                    var sum = Sum(values.AsSpan(row * lanes, lanes), asLogarithm);
                    scores[first + row] = (float)Math.Clamp(offset + factor * sum, -float.MaxValue, float.MaxValue);
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(bounded);
            ArrayPool<float>.Shared.Return(values);
        }
    }

    public void Write(ModelSectionWriter writer)
    {
        var vectors = _vectors.ToMatrix();
        writer.WriteDouble(_gamma);
        writer.WriteInt32(FeatureCount);
        writer.WriteArray<double>(_coefficients.AsSpan(0, VectorCount));
        writer.WriteArray<float>(vectors.AsSpan());
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="onlyPositive">Whether every coefficient must be above 0.</param>
    /// <exception cref="ModelFileException">The content is no such sum.</exception>
    public static KernelExpansion Read(ModelSectionReader reader, bool onlyPositive)
    {
        var gamma = reader.ReadDouble();
        if (gamma is not (>= RadialGamma.Least and <= RadialGamma.Largest))
            throw new ModelFileException($"The kernel's gamma is {gamma}; allowed is {RadialGamma.Least} to {RadialGamma.Largest}.");

        var columns = reader.ReadInt32(1, int.MaxValue, "feature count");
        var coefficients = reader.ReadArray<double>();
        var values = reader.ReadArray<float>();
        if (coefficients.Length == 0 || values.Length != (long)coefficients.Length * columns)
            throw new ModelFileException($"{values.Length} values are no {coefficients.Length} support vectors of {columns} columns.");

        if (coefficients.Any(value => !(Math.Abs(value) <= LargestCoefficient) || (onlyPositive && value <= 0)))
            throw new ModelFileException($"A coefficient is not {(onlyPositive ? "above 0" : "a number")} and at most {LargestCoefficient}.");

        var bound = BoundedRows.Bound(columns);
        if (values.Any(value => !(Math.Abs(value) <= bound)))
            throw new ModelFileException($"A support vector has a value beyond {bound}.");

        return new KernelExpansion(new FeatureMatrix(values, coefficients.Length, columns), coefficients, gamma);
    }

    private double Sum(Span<float> distances, bool asLogarithm)
    {
        var nearest = asLogarithm ? Least(distances) : 0;
        if (asLogarithm)
            TensorPrimitives.Subtract(distances, nearest, distances);

        TensorPrimitives.Multiply(distances, _negativeGamma, distances);
        TensorPrimitives.Exp(distances, distances);
        var sum = MixedProducts.Dot(distances, _coefficients);
        return asLogarithm ? Math.Log(sum) - _gamma * nearest : sum;
    }

    // The order in which the least is looked for does not change it.
    private static float Least(ReadOnlySpan<float> distances) => TensorPrimitives.Min(distances);
}
