using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>The widths of a network's layers, and where in one array its parameters and activations lie. Immutable.</summary>
/// <remarks>
/// Every width is rounded up to <see cref="DenseProduct.ColumnStep"/>, and what is beyond the true width is zero and stays zero, so the
/// kernels need no code for odd ends. A layer's weights have one row for each input and one column for each output.
/// </remarks>
internal sealed class DenseShape
{
    private readonly int[] _widths;
    private readonly int[] _padded;
    private readonly int[] _parameterOffsets;
    private readonly int[] _activationOffsets;

    /// <param name="widths">Inputs, hidden layers, outputs.</param>
    public DenseShape(ReadOnlySpan<int> widths)
    {
        _widths = widths.ToArray();
        _padded = Array.ConvertAll(_widths, DenseProduct.Padded);
        _parameterOffsets = new int[_widths.Length];
        _activationOffsets = new int[_widths.Length + 1];
        for (var layer = 0; layer < _widths.Length; layer++)
        {
            _activationOffsets[layer + 1] = checked(_activationOffsets[layer] + _padded[layer]);
            if (layer > 0)
                _parameterOffsets[layer] = checked(_parameterOffsets[layer - 1] + (layer == 1 ? 0 : LayerLength(layer - 1)));
        }

        ParameterLength = checked(_parameterOffsets[^1] + LayerLength(Last));
    }

    /// <summary>Inputs, hidden layers, outputs.</summary>
    public ReadOnlySpan<int> Widths => _widths;

    /// <summary>Number of the output layer; the inputs are layer 0.</summary>
    public int Last => _widths.Length - 1;

    /// <summary>Values that all parameters take, padding included.</summary>
    public int ParameterLength { get; }

    /// <summary>Values that the activations of one row take, padding included.</summary>
    public int ActivationLength => _activationOffsets[^1];

    /// <summary>Width of a layer with its padding.</summary>
    public int Padded(int layer) => _padded[layer];

    /// <summary>Where the weights into a layer begin, 1 or more.</summary>
    public int Weights(int layer) => _parameterOffsets[layer];

    /// <summary>Where the biases of a layer begin, 1 or more.</summary>
    public int Biases(int layer) => _parameterOffsets[layer] + _padded[layer - 1] * _padded[layer];

    /// <summary>Where a layer's activations begin in a block of so many rows.</summary>
    public int Activations(int layer, int rows) => _activationOffsets[layer] * rows;

    private int LayerLength(int layer) => checked((_padded[layer - 1] + 1) * _padded[layer]);
}
