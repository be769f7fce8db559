namespace AnomalyApi.Detection.Detectors;

/// <summary>A network with one or two hidden layers that learns from labels to tell anomalous rows from normal ones.</summary>
/// <remarks>
/// Dense layers, rectified but for the last, which has one output: the log-odds that the row is an anomaly. Trained on the logistic loss (Bishop,
/// Pattern Recognition and Machine Learning, 2006, equation 5.21) with Adam and decoupled weight decay; the smallest loss on rows kept aside
/// decides which epoch is taken. Values beyond 1000 on either side are taken as 1000, and gradients are limited, so a fit on huge values
/// gives a finite model; columns should be standardised first. Thread-safe.
/// </remarks>
public sealed class NeuralNetwork : IDetector
{
    private readonly NeuralNetworkOptions _options;

    /// <summary>Makes the detector; it can fit any number of models.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the text lists every fault.</exception>
    public NeuralNetwork(NeuralNetworkOptions options)
    {
        DetectorArguments.CheckOptions(options);
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => DetectorCatalog.NeuralNetworkName;

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        var labelled = DetectorArguments.CheckLabelledFit(rows, settings);
        cancellationToken.ThrowIfCancellationRequested();
        int[] widths = _options.SecondLayer == 0
            ? [rows.ColumnCount, _options.FirstLayer, 1]
            : [rows.ColumnCount, _options.FirstLayer, _options.SecondLayer, 1];
        var network = DenseNetwork.Of(widths);
        var training = new NetworkTraining(
            _options.Epochs, _options.BatchSize, _options.LearningRate, _options.HoldOut, _options.Patience, _options.WeightDecay);
        var loss = new LogisticLoss(labelled, _options.ClassWeighting, network.Shape);
        new NetworkTrainer(network, loss, labelled.Features, training, settings, cancellationToken).Run();
        return new NeuralNetworkModel(network);
    }
}
