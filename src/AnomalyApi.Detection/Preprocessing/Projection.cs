using System.Numerics.Tensors;
using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Kernels;

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
        var moments = Moments.Of(rows, ct);
        var axes = PrincipalAxes.Of(moments, ct);
        var components = new float[count * width];
        for (var component = 0; component < count; component++)
            TensorPrimitives.ConvertTruncating(axes.Axis(component), components.AsSpan(component * width, width));

        return new Projection(Array.ConvertAll(moments.Mean, value => (float)value), components);
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
