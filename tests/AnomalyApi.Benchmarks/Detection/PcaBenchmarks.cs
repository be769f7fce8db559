using AnomalyApi.Detection;
using AnomalyApi.Detection.Detectors;
using AnomalyApi.Testing;
using BenchmarkDotNet.Attributes;

namespace AnomalyApi.Benchmarks.Detection;

/// <summary>Principal components on 24 features, one thread. Times are for one row of 10,000.</summary>
[MemoryDiagnoser]
public class PcaBenchmarks
{
    private const int Rows = 10_000;
    private const int Columns = 24;

    private readonly float[] _scores = new float[Rows];
    private readonly FeatureMatrix _rows = Some.NormalMatrix(Rows, Columns, seed: 2);
    private readonly FeatureMatrix _training = Some.NormalMatrix(Rows, Columns);
    private IDetectorModel _rank8 = null!;
    private IDetectorModel _all = null!;
    private IDetectorModel _reconstruction = null!;

    [GlobalSetup]
    public void Fit()
    {
        _rank8 = Model(new PcaOptions { Components = 8 });
        _all = Model(new PcaOptions());
        _reconstruction = Model(new PcaOptions { Components = 8, Score = PcaScore.Reconstruction });
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public void WhitenedRank8() => _rank8.Score(_rows, _scores);

    [Benchmark(OperationsPerInvoke = Rows)]
    public void WhitenedAll() => _all.Score(_rows, _scores);

    [Benchmark(OperationsPerInvoke = Rows)]
    public void ReconstructionRank8() => _reconstruction.Score(_rows, _scores);

    [Benchmark]
    public IDetectorModel FitOn10000Rows() => Model(new PcaOptions());

    private IDetectorModel Model(PcaOptions options) => new Pca(options).Fit(_training, new FitSettings(1), default);
}
