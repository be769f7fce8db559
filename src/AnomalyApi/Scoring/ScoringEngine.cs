using AnomalyApi.Detection;
using AnomalyApi.Detection.Explanation;
using AnomalyApi.Flows;

namespace AnomalyApi.Scoring;

/// <summary>
/// One live model with the buffers that scoring a batch needs. Belongs to one batch at a time, and to one model for ever: rent it from
/// <see cref="ScoringEnginePool"/>.
/// </summary>
internal sealed class ScoringEngine(LiveModel live)
{
    private readonly ScoreExplainer _explainer = new(live.Model.Model);
    private float[] _features = [];
    private double[] _pValues = [];
    private int _columns;

    public LiveModel Live { get; } = live;

    public float Threshold => Live.Model.Model.Threshold;

    /// <summary>Rows the buffers have room for.</summary>
    public int BufferedRows => _pValues.Length;

    /// <summary>Fills the score column of <paramref name="flows"/>.</summary>
    public void Score(FlowBatch flows)
    {
        _columns = Live.Model.Extractor.Schema.Count;
        EnsureRoom(flows.Count);
        Live.Model.Extractor.Extract(flows, _features);
        Live.Model.Model.Score(new FeatureMatrix(_features, flows.Count, _columns), _pValues.AsSpan(0, flows.Count), flows.Score);
    }

    /// <summary>The p-value of a row of the batch scored last, 0 to 1.</summary>
    public double PValue(int row) => _pValues[row];

    /// <summary>Why a row of the batch scored last has its score. Valid until the next call.</summary>
    public ReadOnlySpan<FeatureDriver> Explain(int row, float score) =>
        _explainer.Explain(_features.AsSpan(row * _columns, _columns), score);

    private void EnsureRoom(int rows)
    {
        if (_pValues.Length < rows)
        {
            _features = new float[rows * _columns];
            _pValues = new double[rows];
        }
    }
}
