namespace AnomalyApi.Detection.Detectors;

/// <summary>A network that learns to give back the rows it is shown through a narrow layer; what it cannot give back is unusual.</summary>
/// <remarks>
/// Hinton and Salakhutdinov, Reducing the dimensionality of data with neural networks, Science 313, 2006; as a detector Hawkins, He, Williams
/// and Baxter, Outlier detection using replicator neural networks, DaWaK 2002. Dense layers columns - Hidden - Bottleneck - Hidden - columns,
/// rectified but for the last, trained on the mean squared error with Adam. The smallest error on rows kept aside decides which epoch is
/// taken. Values beyond 1000 on either side are taken as 1000, and gradients are limited, so a fit on huge values gives a finite model; columns
/// should be standardised first. Thread-safe.
/// </remarks>
public sealed class Autoencoder : IDetector
{
    private readonly AutoencoderOptions _options;

    /// <summary>Makes the detector; it can fit any number of models.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the text lists every fault.</exception>
    public Autoencoder(AutoencoderOptions options)
    {
        DetectorArguments.CheckOptions(options);
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => DetectorCatalog.AutoencoderName;

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        DetectorArguments.CheckFit(rows, settings);
        cancellationToken.ThrowIfCancellationRequested();
        var columns = rows.ColumnCount;
        int[] widths = _options.Hidden == 0
            ? [columns, _options.Bottleneck, columns]
            : [columns, _options.Hidden, _options.Bottleneck, _options.Hidden, columns];
        var network = DenseNetwork.Of(widths);
        var training = new NetworkTraining(
            _options.Epochs, _options.BatchSize, _options.LearningRate, _options.HoldOut, _options.Patience, WeightDecay: 0, _options.LeastSteps);
        new NetworkTrainer(network, new ReconstructionLoss(network.Shape), rows.Features, training, settings, cancellationToken).Run();
        return new AutoencoderModel(network);
    }
}
