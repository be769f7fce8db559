using AnomalyApi.Detection;
using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Explanation;
using AnomalyApi.Testing;
using BenchmarkDotNet.Attributes;

namespace AnomalyApi.Benchmarks.Detection;

/// <summary>One row of 24 columns explained against 100 background rows, isolation forest 100 x 256, one thread. The cheap explanation at ingest is
/// <see cref="ScoringBenchmarks.Explain"/>.</summary>
[MemoryDiagnoser]
public class ExplanationBenchmarks
{
    private const int Columns = 24;

    private readonly double[] _contributions = new double[Columns];
    private float[] _row = [];
    private RowExplainer _exact = null!;
    private RowExplainer _sampled = null!;

    [GlobalSetup]
    public void Fit()
    {
        var rows = Some.NormalMatrix(10_000, Columns);
        var model = new IsolationForest(new IsolationForestOptions()).Fit(rows, new FitSettings(1), default);
        _exact = new RowExplainer(model, rows);
        _sampled = new RowExplainer(model, rows, new ExplanationOptions { ExactTrees = false });
        _row = Some.NormalMatrix(1, Columns, seed: 2).AsSpan().ToArray();
        _row[3] = 8;
    }

    [Benchmark(Baseline = true)]
    public double ByTrees() => _exact.Explain(_row, _contributions);

    /// <summary>9,200 rows are scored.</summary>
    [Benchmark]
    public double BySampling() => _sampled.Explain(_row, _contributions);
}
