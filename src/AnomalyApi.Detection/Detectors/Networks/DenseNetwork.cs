using System.Buffers;
using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Layers that are each fully connected to the one before. Hidden layers are rectified, the output is linear.</summary>
/// <remarks>Once trained it is only read, and any number of threads may run it. A row's outputs depend on that row alone.</remarks>
internal sealed unsafe class DenseNetwork(DenseShape shape)
{
    /// <summary>Rows that run at a time, so that their activations stay near the processor.</summary>
    private const int BlockRows = 32;

    private const int MaxLayers = 8;
    private const int MaxWidth = 65_536;
    private const long MaxParameters = 1 << 28;

    private readonly DenseBuffer _parameters = new(shape.ParameterLength);

    /// <summary>What is made of a block's outputs.</summary>
    /// <param name="shape">Of the network.</param>
    /// <param name="inputs">Layer 0 of the block; each row has its padded width.</param>
    /// <param name="outputs">The last layer, likewise.</param>
    /// <param name="scores">One for each row.</param>
    public delegate void Readout(DenseShape shape, float* inputs, float* outputs, Span<float> scores);

    /// <summary>Its layers.</summary>
    public DenseShape Shape => shape;

    /// <summary>All weights and biases, where the shape says.</summary>
    public DenseBuffer Parameters => _parameters;

    /// <summary>A network of zeros that can be written and read again.</summary>
    /// <exception cref="ArgumentException">It would be too large.</exception>
    public static DenseNetwork Of(int[] widths) =>
        Fault(widths) is { } fault ? throw new ArgumentException(fault, nameof(widths)) : new DenseNetwork(new DenseShape(widths));

    /// <summary>Draws weights at random; biases are zero.</summary>
    /// <remarks>He, Zhang, Ren and Sun, Delving Deep into Rectifiers, ICCV 2015, equation 10, as an even distribution; half the variance for
    /// the output, which is not rectified.</remarks>
    public void Initialise(ref SeededRandom random)
    {
        for (var layer = 1; layer <= shape.Last; layer++)
        {
            var inputs = shape.Widths[layer - 1];
            var limit = Math.Sqrt((layer == shape.Last ? 3.0 : 6.0) / inputs);
            for (var input = 0; input < inputs; input++)
            {
                foreach (ref var weight in WeightRow(layer, input))
                    weight = (float)((2 * random.NextDouble() - 1) * limit);
            }
        }
    }

    /// <summary>Computes the activations of all layers.</summary>
    /// <param name="activations">Room for a block of so many rows; layer 0 is filled.</param>
    /// <param name="rows">A multiple of <see cref="DenseProduct.RowStep"/>.</param>
    public void Forward(float* activations, int rows)
    {
        for (var layer = 1; layer <= shape.Last; layer++)
        {
            var after = activations + shape.Activations(layer, rows);
            DenseProduct.Multiply(
                new DenseLeft(activations + shape.Activations(layer - 1, rows), shape.Padded(layer - 1), 1),
                _parameters.Values + shape.Weights(layer),
                _parameters.Values + shape.Biases(layer),
                after,
                rows,
                shape.Widths[layer - 1],
                shape.Padded(layer));
            if (layer < shape.Last)
                Rectifier.Apply(after, rows * shape.Padded(layer));
        }
    }

    /// <summary>Runs all rows and gives each a finite score. Does not allocate.</summary>
    public void Score(FeatureMatrix rows, Span<float> scores, Readout readout)
    {
        const int CacheLine = 64;
        var rented = ArrayPool<float>.Shared.Rent(shape.ActivationLength * BlockRows + CacheLine / sizeof(float));
        try
        {
            fixed (float* start = rented)
                Score(rows, scores, readout, (float*)(((nint)start + CacheLine - 1) & -CacheLine));
        }
        finally
        {
            // Here it is no longer pinned.
            ArrayPool<float>.Shared.Return(rented);
        }

        foreach (ref var score in scores)
        {
            // Weights that training gives cannot reach infinity, those of a forged file can.
            if (!float.IsFinite(score))
                score = float.MaxValue;
        }
    }

    /// <summary>Writes widths, weights and biases without padding.</summary>
    public void Write(ModelSectionWriter writer)
    {
        writer.WriteArray(shape.Widths);
        for (var layer = 1; layer <= shape.Last; layer++)
        {
            var weights = new float[shape.Widths[layer - 1] * shape.Widths[layer]];
            for (var input = 0; input < shape.Widths[layer - 1]; input++)
                WeightRow(layer, input).CopyTo(weights.AsSpan(input * shape.Widths[layer]));

            writer.WriteArray<float>(weights);
            writer.WriteArray<float>(BiasRow(layer));
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">Not a network; the text says why.</exception>
    public static DenseNetwork Read(ModelSectionReader reader)
    {
        var widths = reader.ReadArray<int>();
        if (Fault(widths) is { } fault)
            throw new ModelFileException(fault);

        // Everything is read before room is made for it: what was read is bounded by the file, the product of widths is not.
        var weights = new float[widths.Length][];
        var biases = new float[widths.Length][];
        for (var layer = 1; layer < widths.Length; layer++)
        {
            weights[layer] = reader.ReadArray<float>(widths[layer - 1] * widths[layer], "weights");
            biases[layer] = reader.ReadArray<float>(widths[layer], "biases");
            if (weights[layer].Any(value => !float.IsFinite(value)) || biases[layer].Any(value => !float.IsFinite(value)))
                throw new ModelFileException("A weight of a network is not finite.");
        }

        var network = new DenseNetwork(new DenseShape(widths));
        for (var layer = 1; layer < widths.Length; layer++)
        {
            for (var input = 0; input < widths[layer - 1]; input++)
                weights[layer].AsSpan(input * widths[layer], widths[layer]).CopyTo(network.WeightRow(layer, input));

            biases[layer].CopyTo(network.BiasRow(layer));
        }

        return network;
    }

    /// <param name="activations">Room for a block of rows, aligned.</param>
    private void Score(FeatureMatrix rows, Span<float> scores, Readout readout, float* activations)
    {
        var width = shape.Padded(0);
        for (var first = 0; first < scores.Length; first += BlockRows)
        {
            var count = Math.Min(BlockRows, scores.Length - first);
            var padded = DenseProduct.PaddedRows(count);
            for (var i = 0; i < count; i++)
                NetworkInput.Copy(rows.Row(first + i), new Span<float>(activations + i * width, width));

            // A rented array holds what others left, and NaN is slow to multiply.
            new Span<float>(activations + count * width, (padded - count) * width).Clear();
            Forward(activations, padded);
            readout(shape, activations, activations + shape.Activations(shape.Last, padded), scores.Slice(first, count));
        }
    }

    private static string? Fault(int[] widths)
    {
        if (widths.Length is < 2 or > MaxLayers || widths.Any(width => width is < 1 or > MaxWidth))
            return $"A network has 2 to {MaxLayers} layers of 1 to {MaxWidth} each; this one has [{string.Join(", ", widths.Take(MaxLayers))}].";

        // Padding makes sixteen of one, so it is the padded network that must fit.
        var parameters = 0L;
        for (var layer = 1; layer < widths.Length; layer++)
            parameters += (DenseProduct.Padded(widths[layer - 1]) + 1L) * DenseProduct.Padded(widths[layer]);

        return parameters > MaxParameters ? $"A network has at most {MaxParameters} parameters, padding included; this one has {parameters}." : null;
    }

    private Span<float> WeightRow(int layer, int input) =>
        _parameters.Span.Slice(shape.Weights(layer) + input * shape.Padded(layer), shape.Widths[layer]);

    private Span<float> BiasRow(int layer) => _parameters.Span.Slice(shape.Biases(layer), shape.Widths[layer]);
}
