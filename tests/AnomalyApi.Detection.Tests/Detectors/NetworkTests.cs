using System.Numerics;
using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Files;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Detectors;

/// <summary>What autoencoder and neural network are built from.</summary>
public sealed unsafe class NetworkTests
{
    [Theory]
    [InlineData(65_537, 1)]
    [InlineData(1, 65_537)]
    [InlineData(65_536, 65_536)]
    public void Widths_that_would_take_gigabytes_are_refused_before_anything_is_made(int inputs, int outputs)
    {
        var writer = new ModelSectionWriter();
        writer.WriteArray<int>([inputs, outputs]);

        var fault = Assert.Throws<ModelFileException>(() => DenseNetwork.Read(new ModelSectionReader("detector", writer.ToArray())));

        Assert.Contains("A network has ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gradients_are_the_slopes_of_the_loss()
    {
        var rows = Some.NormalMatrix(13, 5);
        RowLabel[] labels = [.. Enumerable.Range(0, 13).Select(row => row % 3 == 0 ? RowLabel.Anomaly : RowLabel.Normal)];
        int[] all = [.. Enumerable.Range(0, 13)];
        foreach (var widths in new int[][] { [5, 4, 3, 4, 5], [5, 7, 1] })
        {
            var network = new DenseNetwork(new DenseShape(widths));
            var random = new SeededRandom(3);
            network.Initialise(ref random);
            for (var layer = 1; layer < widths.Length; layer++)
            {
                // At a bias of zero, a unit that nothing reaches would stand exactly on the edge of the rectifier.
                foreach (ref var bias in network.Parameters.Span.Slice(network.Shape.Biases(layer), widths[layer]))
                    bias = 0.1f + (float)random.NextDouble();
            }

            DenseLoss loss = widths[^1] == 1
                ? new LogisticLoss(new TrainingRows(rows, labels), ClassWeighting.Balanced, network.Shape)
                : new ReconstructionLoss(network.Shape);
            var chunk = new DenseChunk(network, rows, loss);
            chunk.Derive(all, Transposed(network));
            var gradient = chunk.Gradient.Span.ToArray();

            for (var layer = 1; layer < widths.Length; layer++)
            {
                for (var input = 0; input <= widths[layer - 1]; input++)
                {
                    // One more than the inputs: the biases.
                    var at = (input == widths[layer - 1] ? network.Shape.Biases(layer) : network.Shape.Weights(layer) + input * 16) + widths[layer] - 1;
                    ref var parameter = ref network.Parameters.Span[at];
                    var was = parameter;
                    parameter = was + 0.001f;
                    chunk.Evaluate(all);
                    var above = chunk.Loss;
                    parameter = was - 0.001f;
                    chunk.Evaluate(all);
                    parameter = was;

                    // Single precision leaves three digits of a difference over 0.002.
                    Assert.Equal((above - chunk.Loss) / 0.002, gradient[at], 0.02);
                }
            }

            // Padding stays zero, or it would leak into what is scored.
            Assert.All(gradient.Where((_, at) => network.Parameters.Span[at] == 0 && !IsBias(network.Shape, at)), value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public void The_first_step_of_Adam_has_the_length_of_the_rate()
    {
        // Algorithm 1 at t = 1: both means are corrected to g and g^2, so the step is rate x g / |g|; the parameter first loses a tenth.
        var parameters = new DenseBuffer(16);
        var gradient = new DenseBuffer(16);
        parameters.Span.Fill(1);
        gradient.Span[0] = 4;
        gradient.Span[1] = -0.5f;

        new Adam(16).Step(parameters.Values, gradient.Values, scale: 1, rate: 0.01, shrinkage: 0.1);

        Assert.Equal(0.89f, parameters.Span[0], 1e-6f);
        Assert.Equal(0.91f, parameters.Span[1], 1e-6f);
        Assert.Equal(0.9f, parameters.Span[2], 1e-6f);
    }

    /// <summary>No tolerance: nothing is added up.</summary>
    [Fact]
    public void Element_kernels_give_the_bits_of_their_scalar_twins()
    {
        for (var length = 0; length <= 4 * Vector<float>.Count + 1; length++)
        {
            var row = length == 0 ? [] : Some.NormalMatrix(1, length).AsSpan().ToArray();
            for (var i = 0; i < length; i += 3)
                row[i] = (i % 4) switch { 0 => float.NaN, 1 => float.PositiveInfinity, 2 => float.MinValue, _ => 999 };

            float[] copied = new float[length + 5], twin = new float[length + 5];
            NetworkInput.Copy(row, copied);
            NetworkInput.CopyScalar(row, twin);
            Assert.Equal(twin, copied);

            var padded = (length + 15) / 16 * 16;
            DenseBuffer values = Filled(padded, 1), valuesTwin = Filled(padded, 1), slopes = Filled(padded, 2), slopesTwin = Filled(padded, 2);
            Rectifier.Derive(values.Values, slopes.Values, padded);
            Rectifier.DeriveScalar(values.Values, slopesTwin.Values, padded);
            Rectifier.Apply(values.Values, padded);
            Rectifier.ApplyScalar(valuesTwin.Values, padded);
            Assert.Equal(valuesTwin.Span, values.Span);
            Assert.Equal(slopesTwin.Span, slopes.Span);

            // The one sum: 16 partial sums against one in double.
            var columns = Math.Max(1, length);
            var error = ReconstructionLoss.Error(values.Values, slopes.Values, padded, columns);
            Assert.Equal(ReconstructionLoss.ErrorScalar(values.Values, slopes.Values, padded, columns), error, error * 1e-6f);
        }
    }

    private static bool IsBias(DenseShape shape, int at) =>
        Enumerable.Range(1, shape.Last).Any(layer => at >= shape.Biases(layer) && at < shape.Biases(layer) + shape.Widths[layer]);

    private static DenseBuffer Transposed(DenseNetwork network)
    {
        var shape = network.Shape;
        var transposed = new DenseBuffer(shape.ParameterLength);
        for (var layer = 2; layer <= shape.Last; layer++)
        {
            for (var input = 0; input < 16; input++)
            {
                for (var output = 0; output < 16; output++)
                    transposed.Span[shape.Weights(layer) + output * 16 + input] = network.Parameters.Span[shape.Weights(layer) + input * 16 + output];
            }
        }

        return transposed;
    }

    private static DenseBuffer Filled(int length, int seed)
    {
        var buffer = new DenseBuffer(length);
        if (length > 0)
            Some.NormalMatrix(1, length, seed).AsSpan().CopyTo(buffer.Span);

        return buffer;
    }
}
