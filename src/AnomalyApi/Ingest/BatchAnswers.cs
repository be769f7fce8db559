using AnomalyApi.Anomalies;
using AnomalyApi.Flows;
using AnomalyApi.Scoring;
using AnomalyApi.Storage.Writing;

namespace AnomalyApi.Ingest;

/// <summary>Words the answers to batches. Thread-safe.</summary>
internal sealed class BatchAnswers(AnomalyFinder finder, LearningProgress learning)
{
    /// <summary>The answer to a batch that is about to be stored; what it says of the learning counts the batch in.</summary>
    public BatchAnswer Stored(BatchRequest request, ReadBatch batch, ScoredBatch scored, string batchId) =>
        Answer(request, batch, scored, learning.Current(adding: batch.Target.Batch.Count), batchId);

    /// <summary>The answer to a batch that is not stored: without ids.</summary>
    public BatchAnswer ScoredOnly(BatchRequest request, ReadBatch batch, ScoredBatch scored) =>
        Answer(request, batch, scored, learning.Current(), batchId: null);

    private BatchAnswer Answer(BatchRequest request, ReadBatch batch, ScoredBatch scored, LearningStatus status, string? batchId)
    {
        var target = batch.Target;
        return new()
        {
            BatchId = batchId,
            Format = batch.Format,
            Received = target.ReceivedCount,
            Accepted = target.Batch.Count,
            Rejected = target.RejectedCount,
            Rejections = target.Rejections,
            Skipped = target.Skipped.Count == 0 ? null : target.Skipped,
            Scored = scored.ModelVersion is null ? 0 : target.Batch.Count,
            Anomalies = request.Scores == ScoresWanted.None ? null : List(target.Batch, scored.Anomalies, isStored: batchId is not null),
            Scores = request.Scores == ScoresWanted.All ? Scores(target.Batch) : null,
            Threshold = scored.Threshold,
            ModelVersion = scored.ModelVersion,
            LearningStatus = status,
        };
    }

    private List<BatchAnomaly> List(FlowBatch flows, List<AnomalyToStore> anomalies, bool isStored)
    {
        var list = new List<BatchAnomaly>(anomalies.Count);
        foreach (var anomaly in anomalies)
        {
            list.Add(new BatchAnomaly
            {
                Id = isStored ? anomaly.Id : null,
                Line = flows.Line[anomaly.Row],
                Score = anomaly.Score,
                Severity = finder.SeverityOf(anomaly.Score),
            });
        }

        return list;
    }

    private static float?[] Scores(FlowBatch flows)
    {
        var scores = new float?[flows.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = float.IsNaN(flows.Score[i]) ? null : flows.Score[i];
        }

        return scores;
    }
}
