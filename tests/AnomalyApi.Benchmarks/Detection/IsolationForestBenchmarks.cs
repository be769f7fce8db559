using AnomalyApi.Detection;
using AnomalyApi.Detection.Detectors;
using AnomalyApi.Testing;
using BenchmarkDotNet.Attributes;

namespace AnomalyApi.Benchmarks.Detection;

/// <summary>Isolation forest, 100 trees x 256 rows on 24 features, one thread. Times are for one row of 10,000.</summary>
[MemoryDiagnoser]
public class IsolationForestBenchmarks
{
    private const int Rows = 10_000;
    private const int Columns = 24;

    private readonly float[] _scores = new float[Rows];
    private FeatureMatrix _rows;
    private IsolationTrees _trees = null!;
    private IDetectorModel _model = null!;
    private IDetectorModel _twoColumns = null!;
    private IDetectorModel _allColumns = null!;

    [GlobalSetup]
    public void Fit()
    {
        var options = new IsolationForestOptions();
        _rows = Some.NormalMatrix(Rows, Columns, seed: 2);
        var training = Some.NormalMatrix(Rows, Columns);
        _model = new IsolationForest(options).Fit(training, new FitSettings(1), default);
        _twoColumns = new IsolationForest(options with { ExtensionLevel = 1 }).Fit(training, new FitSettings(1), default);
        _allColumns = new IsolationForest(options with { ExtensionLevel = Columns - 1 }).Fit(training, new FitSettings(1), default);
        _trees = new IsolationTrees(options.Trees, options.SampleSize, Columns);
        var grower = new IsolationTreeGrower(training, _trees);
        for (var tree = 0; tree < options.Trees; tree++)
            grower.Grow(tree, seed: (ulong)tree);
    }

    /// <summary>One row after another through all trees: the plain way to write it.</summary>
    /// <remarks>With <c>? 2 * node : 2 * node + 1</c> the compiler branches, and mispredictions nearly double the time.</remarks>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rows)]
    public void RowByRow()
    {
        for (var row = 0; row < Rows; row++)
        {
            var values = _rows.Row(row);
            var sum = 0f;
            for (var offset = 0; offset < _trees.Features.Length; offset += _trees.Stride)
            {
                var node = 1;
                for (var level = 0; level < _trees.Depth; level++)
                    node = 2 * node + (values[_trees.Features[offset + node]] < _trees.Thresholds[offset + node] ? 0 : 1);

                sum += _trees.Lengths[offset + node - _trees.Stride];
            }

            _scores[row] = sum;
        }
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public void TreeByTree() => IsolationWalk.SumPathLengths(_trees, _rows, _scores, IsolationKernel.Plain);

    [Benchmark(OperationsPerInvoke = Rows)]
    public void Interleaved() => IsolationWalk.SumPathLengths(_trees, _rows, _scores, IsolationKernel.Interleaved);

    /// <summary>The widest kernel of this machine.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public void Fastest() => IsolationWalk.SumPathLengths(_trees, _rows, _scores, IsolationKernels.Fastest);

    /// <summary>What callers use: the widest kernel and equation 2.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public void Score() => _model.Score(_rows, _scores);

    /// <summary>Oblique cuts over two columns each.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public void ScoreObliqueTwoColumns() => _twoColumns.Score(_rows, _scores);

    /// <summary>Oblique cuts over all columns.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public void ScoreObliqueAllColumns() => _allColumns.Score(_rows, _scores);
}
