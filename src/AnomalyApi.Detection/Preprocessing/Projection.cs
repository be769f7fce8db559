using System.Numerics.Tensors;
using AnomalyApi.Detection.Files;
using MathNet.Numerics.LinearAlgebra;

namespace AnomalyApi.Detection.Preprocessing;

/// <summary>Principal components of the encoded columns. Immutable and thread-safe.</summary>
/// <remarks>Pearson, Philosophical Magazine 2, 1901; Jolliffe, Principal Component Analysis, 2002, section 3.1.</remarks>
internal sealed class Projection
{
    private readonly float[] _mean;

    // Shape [component, column], the component of the largest variance first.
    private readonly float[] _components;

    private Projection(float[] mean, float[] components)
    {
        _mean = mean;
        _components = components;
    }

    public int InputCount => _mean.Length;

    public int OutputCount => _components.Length / _mean.Length;

    /// <param name="rows">At least 1 row, all finite.</param>
    /// <param name="count">Components wanted; at most as many as columns are kept.</param>
    public static Projection Fit(FeatureMatrix rows, int count, CancellationToken ct)
    {
        var width = rows.ColumnCount;
        count = Math.Min(count, width);
        var mean = new double[width];
        for (var row = 0; row < rows.RowCount; row++)
        {
            for (var column = 0; column < width; column++)
                mean[column] += rows.Row(row)[column] / (double)rows.RowCount;
        }

        var covariance = Matrix<double>.Build.Dense(width, width);
        var centred = new double[width];
        for (var row = 0; row < rows.RowCount; row++)
        {
            if (row % 1024 == 0)
                ct.ThrowIfCancellationRequested();

            for (var column = 0; column < width; column++)
                centred[column] = (rows.Row(row)[column] - mean[column]) / Math.Sqrt(rows.RowCount);

            // Dense matrices are column-major, so a column is a span; the matrix is symmetric.
            for (var column = 0; column < width; column++)
            {
                var target = ((MathNet.Numerics.LinearAlgebra.Double.DenseMatrix)covariance).Values.AsSpan(column * width, width);
                TensorPrimitives.MultiplyAdd<double>(centred, centred[column], target, target);
            }
        }

        // Ascending eigenvalues. A covariance with infinities in it has none to be found.
        if (!covariance.ForAll(double.IsFinite))
            throw new ArgumentException("The values are too large to be projected; scale or clip the columns first.", nameof(rows));

        var vectors = covariance.Evd(Symmetricity.Symmetric).EigenVectors;
        var components = new float[count * width];
        for (var component = 0; component < count; component++)
        {
            var vector = vectors.Column(width - 1 - component);

            // An eigenvector and its negative are equally good; the largest part is made positive, so that the same rows give the same signs.
            var sign = vector[vector.AbsoluteMaximumIndex()] < 0 ? -1 : 1;
            for (var column = 0; column < width; column++)
                components[component * width + column] = (float)(sign * vector[column]);
        }

        return new Projection(Array.ConvertAll(mean, value => (float)value), components);
    }

    /// <param name="row"><see cref="InputCount"/> values; centred in place.</param>
    /// <param name="projected">Receives <see cref="OutputCount"/> values.</param>
    public void Apply(Span<float> row, Span<float> projected)
    {
        TensorPrimitives.Subtract(row, _mean, row);
        for (var component = 0; component < projected.Length; component++)
        {
            var score = TensorPrimitives.Dot<float>(row, _components.AsSpan(component * row.Length, row.Length));

            // Sums of huge values may overflow; infinity minus infinity counts as nothing.
            projected[component] = float.IsNaN(score) ? 0 : Math.Clamp(score, float.MinValue, float.MaxValue);
        }
    }

    public void Write(ModelSectionWriter writer)
    {
        writer.WriteArray<float>(_mean);
        writer.WriteArray<float>(_components);
    }

    /// <exception cref="ModelFileException">Something is missing or out of range.</exception>
    public static Projection Read(ModelSectionReader reader)
    {
        var mean = reader.ReadArray<float>();
        var components = reader.ReadArray<float>();
        var isValid = mean.Length > 0 && components.Length > 0 && components.Length % mean.Length == 0
            && TensorPrimitives.IsFiniteAll<float>(mean) && TensorPrimitives.IsFiniteAll<float>(components);
        return isValid
            ? new Projection(mean, components)
            : throw new ModelFileException($"A projection has {mean.Length} columns and {components.Length} weights; whole components of finite numbers are needed.");
    }
}
