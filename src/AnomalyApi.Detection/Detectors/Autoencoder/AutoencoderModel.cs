using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A fitted <see cref="Autoencoder"/>. Immutable and thread-safe; scoring does not allocate.</summary>
/// <remarks>
/// A raw score is the mean over the columns of the squared difference between the row and what the network gives back, 0 or more. NaN is taken
/// as 0, the mean of a standardised column; values beyond 1000 on either side, infinities among them, are taken as 1000. A row's score does
/// not depend on the rows scored beside it, nor on the vector width of the machine.
/// </remarks>
public sealed unsafe class AutoencoderModel : IDetectorModel
{
    private static readonly DenseNetwork.Readout Errors = ReadErrors;

    private readonly DenseNetwork _network;

    internal AutoencoderModel(DenseNetwork network) => _network = network;

    /// <inheritdoc/>
    public int FeatureCount => _network.Shape.Widths[0];

    /// <inheritdoc/>
    public void Score(FeatureMatrix rows, Span<float> scores)
    {
        DetectorArguments.CheckScore(FeatureCount, rows, scores);
        _network.Score(rows, scores, Errors);
    }

    /// <inheritdoc/>
    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _network.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no autoencoder.</exception>
    public static AutoencoderModel Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var network = DenseNetwork.Read(reader);
        var widths = network.Shape.Widths;
        return widths[0] == widths[^1]
            ? new AutoencoderModel(network)
            : throw new ModelFileException($"An autoencoder gives back as many columns as it takes; this one takes {widths[0]} and gives {widths[^1]}.");
    }

    private static void ReadErrors(DenseShape shape, float* inputs, float* outputs, Span<float> scores)
    {
        var padded = shape.Padded(0);
        for (var row = 0; row < scores.Length; row++)
            scores[row] = ReconstructionLoss.Error(inputs + row * padded, outputs + row * padded, padded, shape.Widths[0]);
    }
}
