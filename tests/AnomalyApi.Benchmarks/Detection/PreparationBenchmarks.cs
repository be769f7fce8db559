using AnomalyApi.Detection;
using AnomalyApi.Detection.Preprocessing;
using AnomalyApi.Testing;
using BenchmarkDotNet.Attributes;

namespace AnomalyApi.Benchmarks.Detection;

/// <summary>What a preparation adds to the scoring of a row, 24 columns, one thread. Times are for one row of 10,000.</summary>
[MemoryDiagnoser]
public class PreparationBenchmarks
{
    private const int Rows = 10_000;
    private const int Columns = 24;

    private FeatureMatrix _rows;
    private FeatureMatrix _prepared;
    private FeatureMatrix _projected;
    private Preparation _scaled = null!;
    private Preparation _logarithmic = null!;
    private Preparation _components = null!;

    [GlobalSetup]
    public void Fit()
    {
        _rows = Some.NormalMatrix(Rows, Columns);
        _prepared = new FeatureMatrix(new float[Rows * Columns], Rows, Columns);
        _projected = new FeatureMatrix(new float[Rows * 8], Rows, 8);
        _scaled = Preparation.Fit(_rows, null, PreparationOptions.Default, default);
        _logarithmic = Preparation.Fit(_rows, null, PreparationOptions.Default with { LogAbove = 1 }, default);
        _components = Preparation.Fit(_rows, null, PreparationOptions.Default with { Components = 8 }, default);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Rows)]
    public void Scaled() => _scaled.Apply(_rows, 0, _prepared);

    /// <summary>Every column is one, which is the worst case.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public void Logarithmic() => _logarithmic.Apply(_rows, 0, _prepared);

    [Benchmark(OperationsPerInvoke = Rows)]
    public void OnEightComponents() => _components.Apply(_rows, 0, _projected);
}
