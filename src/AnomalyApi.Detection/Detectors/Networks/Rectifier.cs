using System.Numerics;

namespace AnomalyApi.Detection.Detectors;

/// <summary>What hidden layers do to their sums: negative ones become zero.</summary>
/// <remarks>Glorot, Bordes and Bengio, Deep Sparse Rectifier Neural Networks, AISTATS 2011.</remarks>
internal static unsafe class Rectifier
{
    /// <summary>Sets negative values to zero.</summary>
    /// <param name="length">A multiple of <see cref="Kernels.DenseProduct.ColumnStep"/>.</param>
    public static void Apply(float* values, int length)
    {
        for (var i = 0; i < length; i += Vector<float>.Count)
            Vector.Store(Vector.MaxNative(Vector.Load(values + i), Vector<float>.Zero), values + i);
    }

    /// <summary>The same as <see cref="Apply"/>, one value after another.</summary>
    public static void ApplyScalar(float* values, int length)
    {
        for (var i = 0; i < length; i++)
            values[i] = values[i] > 0 ? values[i] : 0;
    }

    /// <summary>Sets derivatives by the result to derivatives by the sum: zero where <see cref="Apply"/> gave zero.</summary>
    /// <param name="values">What <see cref="Apply"/> gave.</param>
    public static void Derive(float* values, float* derivatives, int length)
    {
        for (var i = 0; i < length; i += Vector<float>.Count)
        {
            var isActive = Vector.GreaterThan(Vector.Load(values + i), Vector<float>.Zero);
            Vector.Store(Vector.ConditionalSelect(isActive, Vector.Load(derivatives + i), Vector<float>.Zero), derivatives + i);
        }
    }

    /// <summary>The same as <see cref="Derive"/>, one value after another.</summary>
    public static void DeriveScalar(float* values, float* derivatives, int length)
    {
        for (var i = 0; i < length; i++)
            derivatives[i] = values[i] > 0 ? derivatives[i] : 0;
    }
}
