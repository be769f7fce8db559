using System.Numerics;
using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Back-propagation through a few rows, with room for what it needs. One for each chunk of a mini-batch, so chunks run side by
/// side.</summary>
/// <remarks>Rumelhart, Hinton and Williams, Learning representations by back-propagating errors, Nature 323, 1986.</remarks>
internal sealed unsafe class DenseChunk(DenseNetwork network, FeatureMatrix features, DenseLoss loss)
{
    /// <summary>Rows in a chunk, at most.</summary>
    public const int Rows = 64;

    private readonly DenseShape _shape = network.Shape;
    private readonly DenseBuffer _activations = new(network.Shape.ActivationLength * Rows);
    private readonly DenseBuffer _deltas = new(network.Shape.ActivationLength * Rows);

    /// <summary>Derivatives of the sum of losses by the parameters.</summary>
    public DenseBuffer Gradient { get; } = new(network.Shape.ParameterLength);

    /// <summary>Sum of the losses of the rows.</summary>
    public double Loss { get; private set; }

    /// <summary>Computes <see cref="Loss"/>.</summary>
    public void Evaluate(ReadOnlySpan<int> rows)
    {
        var padded = Load(rows);
        network.Forward(_activations.Values, padded);
        Loss = loss.Evaluate(rows, _activations.Values, Outputs(padded), null);
    }

    /// <summary>Computes <see cref="Loss"/> and <see cref="Gradient"/>.</summary>
    /// <param name="transposed">The weights with rows and columns exchanged, at the same offsets.</param>
    public void Derive(ReadOnlySpan<int> rows, DenseBuffer transposed)
    {
        var padded = Load(rows);
        network.Forward(_activations.Values, padded);
        var last = _deltas.Values + _shape.Activations(_shape.Last, padded);
        new Span<float>(last, padded * _shape.Padded(_shape.Last)).Clear();
        Loss = loss.Evaluate(rows, _activations.Values, Outputs(padded), last);
        for (var layer = _shape.Last; layer > 0; layer--)
        {
            var inputs = _activations.Values + _shape.Activations(layer - 1, padded);
            var delta = _deltas.Values + _shape.Activations(layer, padded);
            int inputWidth = _shape.Padded(layer - 1), outputWidth = _shape.Padded(layer);
            DenseProduct.Multiply(
                new DenseLeft(inputs, 1, inputWidth), delta, null, Gradient.Values + _shape.Weights(layer), inputWidth, padded, outputWidth);
            SumRows(delta, padded, outputWidth, Gradient.Values + _shape.Biases(layer));
            if (layer == 1)
                return;

            var before = _deltas.Values + _shape.Activations(layer - 1, padded);
            DenseProduct.Multiply(
                new DenseLeft(delta, outputWidth, 1),
                transposed.Values + _shape.Weights(layer),
                null,
                before,
                padded,
                _shape.Widths[layer],
                inputWidth);
            Rectifier.Derive(inputs, before, padded * inputWidth);
        }
    }

    private float* Outputs(int padded) => _activations.Values + _shape.Activations(_shape.Last, padded);

    /// <summary>Copies the rows, and zeros up to the next multiple the kernel can take.</summary>
    private int Load(ReadOnlySpan<int> rows)
    {
        var padded = DenseProduct.PaddedRows(rows.Length);
        var width = _shape.Padded(0);
        for (var i = 0; i < rows.Length; i++)
            NetworkInput.Copy(features.Row(rows[i]), new Span<float>(_activations.Values + i * width, width));

        new Span<float>(_activations.Values + rows.Length * width, (padded - rows.Length) * width).Clear();
        return padded;
    }

    private static void SumRows(float* values, int rows, int width, float* sums)
    {
        for (var column = 0; column < width; column += Vector<float>.Count)
        {
            var sum = Vector<float>.Zero;
            for (var row = 0; row < rows; row++)
                sum += Vector.Load(values + row * width + column);

            Vector.Store(sum, sums + column);
        }
    }
}
