using AnomalyApi.Detection;
using AnomalyApi.Detection.Detectors;
using AnomalyApi.Testing;
using BenchmarkDotNet.Attributes;

namespace AnomalyApi.Benchmarks.Detection;

/// <summary>Boosting, 200 trees of depth 6, and a forest of 100 trees of 31 leaves on 24 features, one thread. Times are for one row of
/// 10,000.</summary>
[MemoryDiagnoser]
public class TreeBenchmarks
{
    private const int Rows = 10_000;
    private const int Columns = 24;

    private readonly float[] _scores = new float[Rows];
    private FeatureMatrix _rows;
    private TrainingRows _training;
    private GradientBoostingModel _boosting = null!;
    private RandomForestModel _forest = null!;

    [GlobalSetup]
    public void Fit()
    {
        _rows = Some.NormalMatrix(Rows, Columns, seed: 2);
        var rows = Some.NormalMatrix(Rows, Columns);
        var random = new Random(1);
        var labels = new RowLabel[Rows];
        for (var row = 0; row < Rows; row++)
        {
            // Products of columns, and noise, keep every tree full.
            var sum = 2 * random.NextDouble();
            for (var column = 0; column < Columns; column++)
                sum += Math.Sin(rows.Row(row)[column] * 2 + column) * rows.Row(row)[(column + 5) % Columns];

            labels[row] = sum > 1 ? RowLabel.Anomaly : RowLabel.Normal;
        }

        _training = new TrainingRows(rows, labels);
        _boosting = (GradientBoostingModel)FitBoosting();
        _forest = (RandomForestModel)FitForest();
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public void BoostingRowByRow() => TreeSums.Sum(_boosting.Trees, _rows, _scores, TreeKernel.Plain);

    [Benchmark(OperationsPerInvoke = Rows)]
    public void BoostingInterleaved() => TreeSums.Sum(_boosting.Trees, _rows, _scores, TreeKernel.Interleaved);

    /// <summary>What callers use.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public void BoostingScore() => _boosting.Score(_rows, _scores);

    [Benchmark(OperationsPerInvoke = Rows)]
    public void ForestRowByRow() => TreeSums.Sum(_forest.Trees, _rows, _scores, TreeKernel.Plain);

    [Benchmark(OperationsPerInvoke = Rows)]
    public void ForestInterleaved() => TreeSums.Sum(_forest.Trees, _rows, _scores, TreeKernel.Interleaved);

    /// <summary>What callers use.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public void ForestScore() => _forest.Score(_rows, _scores);

    [Benchmark]
    public IDetectorModel FitBoosting() =>
        new GradientBoosting(new GradientBoostingOptions { HeldOutShare = 0, Depth = 6, LearningRate = 0.1 }).Fit(_training, new FitSettings(1), default);

    [Benchmark]
    public IDetectorModel FitForest() => new RandomForest(new RandomForestOptions()).Fit(_training, new FitSettings(1), default);
}
