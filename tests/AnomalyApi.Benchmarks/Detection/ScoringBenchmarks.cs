using AnomalyApi.Detection;
using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Explanation;
using AnomalyApi.Detection.Scoring;
using AnomalyApi.Testing;
using BenchmarkDotNet.Attributes;

namespace AnomalyApi.Benchmarks.Detection;

/// <summary>What surrounds the detector: calibration on 20,000 rows, the whole model, an explanation, a fit on 100,000 rows.</summary>
[MemoryDiagnoser]
public class ScoringBenchmarks
{
    private const int Rows = 10_000;
    private const int Columns = 24;

    private readonly float[] _raw = new float[Rows];
    private readonly float[] _scores = new float[Rows];
    private readonly double[] _pValues = new double[Rows];
    private FeatureMatrix _rows;
    private FeatureMatrix _training;
    private Calibration _calibration = null!;
    private ScoringModel _model = null!;
    private ScoreExplainer _explainer = null!;

    [GlobalSetup]
    public void Fit()
    {
        var detector = new IsolationForest(new IsolationForestOptions());
        var calibrationRows = Some.NormalMatrix(20_000, Columns, seed: 3);
        _rows = Some.NormalMatrix(Rows, Columns, seed: 2);
        _training = Some.NormalMatrix(100_000, Columns);
        _model = ScoringModel.Fit(Some.Schema(Columns), detector, _training, calibrationRows, 30, new FitSettings(1), default);
        _explainer = new ScoreExplainer(_model);

        var fitted = detector.Fit(_training, new FitSettings(1), default);
        var calibrationScores = new float[20_000];
        fitted.Score(calibrationRows, calibrationScores);
        fitted.Score(_rows, _raw);
        _calibration = Calibration.Fit(calibrationScores);
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public void PValue()
    {
        for (var row = 0; row < Rows; row++)
            _pValues[row] = _calibration.PValue(_raw[row]);
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public void ScoringModelScore() => _model.Score(_rows, _pValues, _scores);

    [Benchmark]
    public float Explain() => _explainer.Explain(_rows.Row(0), 20)[0].Share;

    [Benchmark]
    public IDetectorModel FitOn100000Rows() => new IsolationForest(new IsolationForestOptions()).Fit(_training, new FitSettings(1), default);
}
