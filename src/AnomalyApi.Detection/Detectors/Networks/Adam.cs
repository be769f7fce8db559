using System.Numerics;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Adam: steps along the running mean of the gradient, each parameter at its own scale. Serves one fit.</summary>
/// <remarks>
/// Kingma and Ba, Adam, ICLR 2015, algorithm 1, with its constants. Weights shrink beside the step and not through the gradient, as in
/// Loshchilov and Hutter, Decoupled Weight Decay Regularization, ICLR 2019, algorithm 2.
/// </remarks>
/// <param name="length">Number of parameters, a multiple of <see cref="Kernels.DenseProduct.ColumnStep"/>.</param>
internal sealed unsafe class Adam(int length)
{
    private const float MeanDecay = 0.9f;
    private const float SquareDecay = 0.999f;
    private const float Epsilon = 1e-8f;

    // What fades below it counts as zero, because numbers without a leading one are slow.
    private const float Smallest = 1e-30f;

    private readonly DenseBuffer _means = new(length);
    private readonly DenseBuffer _squares = new(length);
    private double _meanRest = 1;
    private double _squareRest = 1;

    /// <summary>Moves the parameters against the gradient.</summary>
    /// <param name="scale">What the gradient is multiplied with.</param>
    /// <param name="rate">Length of a step.</param>
    /// <param name="shrinkage">Share that every parameter loses.</param>
    public void Step(float* parameters, float* gradient, float scale, double rate, double shrinkage)
    {
        _meanRest *= MeanDecay;
        _squareRest *= SquareDecay;
        var stepLength = (float)(rate / (1 - _meanRest));
        var correction = (float)(1 / (1 - _squareRest));
        var kept = (float)(1 - shrinkage);
        float* means = _means.Values, squares = _squares.Values;
        for (var i = 0; i < length; i += Vector<float>.Count)
        {
            var g = Vector.Load(gradient + i) * scale;
            var mean = Flushed(Vector.Load(means + i) * MeanDecay + g * (1 - MeanDecay));
            var square = Flushed(Vector.Load(squares + i) * SquareDecay + g * g * (1 - SquareDecay));
            Vector.Store(mean, means + i);
            Vector.Store(square, squares + i);
            var step = mean * stepLength / (Vector.SquareRoot(square * correction) + Vector.Create(Epsilon));
            Vector.Store(Vector.Load(parameters + i) * kept - step, parameters + i);
        }
    }

    private static Vector<float> Flushed(Vector<float> values) =>
        Vector.ConditionalSelect(Vector.GreaterThan(Vector.Abs(values), Vector.Create(Smallest)), values, Vector<float>.Zero);
}
