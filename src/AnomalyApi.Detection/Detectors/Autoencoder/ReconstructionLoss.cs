using System.Runtime.Intrinsics;

namespace AnomalyApi.Detection.Detectors;

/// <summary>The mean squared difference between a row and what the network gives back.</summary>
internal sealed unsafe class ReconstructionLoss(DenseShape shape) : DenseLoss
{
    private readonly int _columns = shape.Widths[0];
    private readonly int _padded = shape.Padded(0);

    /// <inheritdoc/>
    public override double Evaluate(ReadOnlySpan<int> rows, float* inputs, float* outputs, float* gradient)
    {
        double sum = 0;
        for (var row = 0; row < rows.Length; row++)
            sum += Error(inputs + row * _padded, outputs + row * _padded, _padded, _columns);

        // Padding is zero in both, and so in the difference.
        if (gradient != null)
        {
            var scale = Vector512.Create(2f / _columns);
            for (var i = 0; i < rows.Length * _padded; i += Vector512<float>.Count)
                ((Vector512.Load(outputs + i) - Vector512.Load(inputs + i)) * scale).Store(gradient + i);
        }

        return sum;
    }

    /// <summary>The error of one row. Always sixteen sums, so that it is the same whatever the width of a vector.</summary>
    /// <param name="padded">A multiple of 16; beyond the columns both are zero.</param>
    public static float Error(float* inputs, float* outputs, int padded, int columns)
    {
        var squares = Vector512<float>.Zero;
        for (var i = 0; i < padded; i += Vector512<float>.Count)
        {
            var difference = Vector512.Load(inputs + i) - Vector512.Load(outputs + i);
            squares += difference * difference;
        }

        return Vector512.Sum(squares) / columns;
    }

    /// <summary>The same as <see cref="Error"/>, one value after another.</summary>
    public static float ErrorScalar(float* inputs, float* outputs, int padded, int columns)
    {
        double sum = 0;
        for (var i = 0; i < padded; i++)
        {
            var difference = (double)inputs[i] - outputs[i];
            sum += difference * difference;
        }

        return (float)(sum / columns);
    }
}
