using AnomalyApi.Detection;
using AnomalyApi.Detection.Detectors;
using AnomalyApi.Testing;
using BenchmarkDotNet.Attributes;

namespace AnomalyApi.Benchmarks.Detection;

/// <summary>Clusters on 24 features, one thread. Scoring times are for one row of 10,000.</summary>
[MemoryDiagnoser]
public class KMeansBenchmarks
{
    private const int Rows = 10_000;
    private const int Columns = 24;

    private readonly float[] _scores = new float[Rows];
    private readonly FeatureMatrix _rows = Some.NormalMatrix(Rows, Columns, seed: 2);
    private readonly FeatureMatrix _training = Some.NormalMatrix(100_000, Columns);
    private IDetectorModel _distance = null!;
    private IDetectorModel _relative = null!;
    private IDetectorModel _clusters200 = null!;

    [GlobalSetup]
    public void Fit()
    {
        _distance = Model(new KMeansOptions { Clusters = 32, LeastSize = 0 });
        _relative = Model(new KMeansOptions { Clusters = 32, LeastSize = 0, Score = KMeansScore.Relative });
        _clusters200 = Model(new KMeansOptions { Clusters = 200, LeastSize = 0 });
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public void Distance32() => _distance.Score(_rows, _scores);

    [Benchmark(OperationsPerInvoke = Rows)]
    public void Relative32() => _relative.Score(_rows, _scores);

    [Benchmark(OperationsPerInvoke = Rows)]
    public void Distance200() => _clusters200.Score(_rows, _scores);

    [Benchmark]
    public IDetectorModel FitOn100000Rows() => Model(new KMeansOptions { Clusters = 32 });

    private IDetectorModel Model(KMeansOptions options) => new KMeans(options).Fit(_training, new FitSettings(1), default);
}
