using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A fitted <see cref="NeuralNetwork"/>. Immutable and thread-safe; scoring does not allocate.</summary>
/// <remarks>
/// A raw score is the natural logarithm of the odds that the row is an anomaly, with the classes weighted as they were for fitting: 0 where
/// both are as likely. NaN is taken as 0, the mean of a standardised column; values beyond 1000 on either side, infinities among them, are
/// taken as 1000. A row's score does not depend on the rows scored beside it, nor on the vector width of the machine.
/// </remarks>
public sealed unsafe class NeuralNetworkModel : IDetectorModel
{
    private static readonly DenseNetwork.Readout LogOdds = ReadLogOdds;

    private readonly DenseNetwork _network;

    internal NeuralNetworkModel(DenseNetwork network) => _network = network;

    /// <inheritdoc/>
    public int FeatureCount => _network.Shape.Widths[0];

    /// <inheritdoc/>
    public void Score(FeatureMatrix rows, Span<float> scores)
    {
        DetectorArguments.CheckScore(FeatureCount, rows, scores);
        _network.Score(rows, scores, LogOdds);
    }

    /// <inheritdoc/>
    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _network.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no network with one output.</exception>
    public static NeuralNetworkModel Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var network = DenseNetwork.Read(reader);
        var outputs = network.Shape.Widths[^1];
        return outputs == 1
            ? new NeuralNetworkModel(network)
            : throw new ModelFileException($"A neural network has 1 output; this one has {outputs}.");
    }

    private static void ReadLogOdds(DenseShape shape, float* inputs, float* outputs, Span<float> scores)
    {
        for (var row = 0; row < scores.Length; row++)
            scores[row] = outputs[row * shape.Padded(shape.Last)];
    }
}
