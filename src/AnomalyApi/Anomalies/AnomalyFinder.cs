using AnomalyApi.Detection.Scoring;
using AnomalyApi.Flows;
using AnomalyApi.Scoring;
using AnomalyApi.Storage.Writing;

namespace AnomalyApi.Anomalies;

/// <summary>Picks the anomalies of a scored batch and says why each is one. Thread-safe.</summary>
internal sealed class AnomalyFinder(SeverityScale severities)
{
    /// <summary>Anomalies of one batch that are explained. An explanation costs as much as scoring forty flows, and a flood is all anomalies.</summary>
    private const int MaxExplained = 1_000;

    /// <summary>How bad a score is. An anomaly below the scale, when the threshold lies under it, is still low.</summary>
    public Severity SeverityOf(float score) => severities.Of(score) is var severity && severity == Severity.None ? Severity.Low : severity;

    /// <summary>The anomalies among <paramref name="flows"/>, in order, without ids.</summary>
    /// <param name="flows">The batch that <paramref name="engine"/> scored last.</param>
    public List<AnomalyToStore> Find(FlowBatch flows, ScoringEngine engine)
    {
        var found = new List<AnomalyToStore>();
        for (var row = 0; row < flows.Count; row++)
        {
            var score = flows.Score[row];
            if (score < engine.Threshold)
            {
                continue;
            }

            var explanation = found.Count < MaxExplained
                ? AnomalyExplanation.Write(engine.Live.Model.Model.Schema, engine.Explain(row, score))
                : AnomalyExplanation.NotExplained;
            found.Add(new AnomalyToStore(row, Id: 0, score, engine.PValue(row), (byte)SeverityOf(score), engine.Threshold, explanation));
        }

        return found;
    }

    /// <summary>The same anomalies with ids from <paramref name="first"/> on.</summary>
    public static List<AnomalyToStore> WithIds(List<AnomalyToStore> anomalies, long first) =>
        [.. anomalies.Select((anomaly, i) => anomaly with { Id = first + i })];
}
