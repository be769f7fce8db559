using AnomalyApi.Detection;
using AnomalyApi.Detection.Detectors;
using AnomalyApi.Testing;
using BenchmarkDotNet.Attributes;

namespace AnomalyApi.Benchmarks.Detection;

/// <summary>Detectors that compare with 20,000 reference rows of 24 features, one thread. Times are for one row of 1,000; more rows a call
/// change nothing, for they are scored in blocks of 32.</summary>
[MemoryDiagnoser]
public class NeighbourBenchmarks
{
    private const int Rows = 1_000;
    private const int ReferenceRows = 20_000;
    private const int Columns = 24;

    private readonly float[] _scores = new float[Rows];
    private readonly FeatureMatrix _rows = Some.NormalMatrix(Rows, Columns, seed: 2);
    private readonly FeatureMatrix _training = Some.NormalMatrix(ReferenceRows, Columns);
    private IDetectorModel _dbscan = null!;
    private IDetectorModel _nearest = null!;
    private IDetectorModel _factor = null!;

    [GlobalSetup(Target = nameof(DbscanAllCorePoints))]
    public void FitDbscan() => _dbscan = new Dbscan(new DbscanOptions { Eps = 100 }).Fit(_training, new FitSettings(1), default);

    [GlobalSetup(Target = nameof(KNearestNeighbours5))]
    public void FitNearest() => _nearest = new KNearestNeighbours(new KNearestNeighboursOptions()).Fit(_training, new FitSettings(1), default);

    [GlobalSetup(Target = nameof(LocalOutlierFactor20))]
    public void FitFactor() => _factor = FitLocalOutlierFactor();

    [Benchmark(OperationsPerInvoke = Rows)]
    public void DbscanAllCorePoints() => _dbscan.Score(_rows, _scores);

    [Benchmark(OperationsPerInvoke = Rows)]
    public void KNearestNeighbours5() => _nearest.Score(_rows, _scores);

    [Benchmark(OperationsPerInvoke = Rows)]
    public void LocalOutlierFactor20() => _factor.Score(_rows, _scores);

    [Benchmark]
    public IDetectorModel FitLocalOutlierFactor() =>
        new LocalOutlierFactor(new LocalOutlierFactorOptions()).Fit(_training, new FitSettings(1), default);

    [Benchmark]
    public IDetectorModel FitDbscanWithCurve() => new Dbscan(new DbscanOptions()).Fit(_training, new FitSettings(1), default);
}
