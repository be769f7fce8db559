using AnomalyApi.Detection;
using AnomalyApi.Detection.Detectors;
using AnomalyApi.Testing;
using BenchmarkDotNet.Attributes;

namespace AnomalyApi.Benchmarks.Detection;

/// <summary>Autoencoder 64-12-64, neural network 128-64 and logistic regression on 24 features, one thread. Times are for one row of
/// 10,000.</summary>
[MemoryDiagnoser]
public class NetworkBenchmarks
{
    private const int Rows = 10_000;
    private const int Columns = 24;

    private readonly float[] _scores = new float[Rows];
    private FeatureMatrix _rows;
    private IDetectorModel _autoencoder = null!;
    private IDetectorModel _network = null!;
    private IDetectorModel _regression = null!;

    [GlobalSetup]
    public void Fit()
    {
        _rows = Some.NormalMatrix(Rows, Columns, seed: 2);
        var training = Some.NormalMatrix(Rows, Columns);
        var labels = new RowLabel[Rows];
        for (var row = 0; row < Rows; row++)
            labels[row] = training.Row(row)[0] > 1 ? RowLabel.Anomaly : RowLabel.Normal;

        var labelled = new TrainingRows(training, labels);
        _autoencoder = new Autoencoder(new AutoencoderOptions { Epochs = 3, LeastSteps = 0 }).Fit(training, new FitSettings(1), default);
        _network = new NeuralNetwork(new NeuralNetworkOptions { Epochs = 3 }).Fit(labelled, new FitSettings(1), default);
        _regression = new LogisticRegression(new LogisticRegressionOptions()).Fit(labelled, new FitSettings(1), default);
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public void Autoencoder() => _autoencoder.Score(_rows, _scores);

    [Benchmark(OperationsPerInvoke = Rows)]
    public void NeuralNetwork() => _network.Score(_rows, _scores);

    [Benchmark(OperationsPerInvoke = Rows)]
    public void LogisticRegression() => _regression.Score(_rows, _scores);
}
