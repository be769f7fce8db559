using AnomalyApi.Anomalies;
using AnomalyApi.Flows;

namespace AnomalyApi.Scoring;

/// <summary>Scores whole batches with the live model. Thread-safe.</summary>
internal sealed class BatchScorer(ScoringEnginePool engines, AnomalyFinder finder)
{
    /// <summary>Fills the score column of <paramref name="flows"/> with one model version, whatever is swapped meanwhile, and finds the anomalies.</summary>
    public ScoredBatch Score(FlowBatch flows)
    {
        if (engines.Rent() is not { } engine)
        {
            return ScoredBatch.Unscored;
        }

        try
        {
            engine.Score(flows);
            return new ScoredBatch(engine.Live.Version, engine.Threshold, finder.Find(flows, engine));
        }
        finally
        {
            engines.Return(engine);
        }
    }
}
