using AnomalyApi.Anomalies;
using AnomalyApi.Flows;
using AnomalyApi.Storage.Writing;

namespace AnomalyApi.Ingest;

/// <summary>Words the answers to batches. Thread-safe.</summary>
internal sealed class BatchAnswers(AnomalyFinder finder, LearningProgress learning)
{
    /// <summary>The answer to a batch. When it is about to be stored, what it says of the learning counts the batch in; when it is not, there are no ids.</summary>
    public BatchAnswer Answer(BatchRequest request, ReadBatch batch, IntakeOutcome made)
    {
        var (target, flows, scored) = (batch.Target, made.Flows, made.Scored);
        var isStored = made.BatchId is not null;
        return new()
        {
            BatchId = made.BatchId,
            Format = batch.Format,
            Received = target.ReceivedCount,
            Accepted = target.Batch.Count,
            Duplicates = made.DuplicateRows.Count == 0 ? null : made.DuplicateRows.Count,
            Rejected = target.RejectedCount,
            Rejections = target.Rejections,
            Skipped = target.Skipped.Count == 0 ? null : target.Skipped,
            Scored = scored.ModelVersion is null ? 0 : flows.Count,
            Anomalies = request.Scores == ScoresWanted.None ? null : List(flows, scored.Anomalies, isStored),
            Scores = request.Scores == ScoresWanted.All ? Scores(flows, made.DuplicateRows) : null,
            Threshold = scored.Threshold,
            ModelVersion = scored.ModelVersion,
            LearningStatus = learning.Current(adding: isStored ? flows.Count : 0),
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

    // A duplicate was not scored again, and keeps its place, so that scores still belong to the lines of the body.
    private static float?[] Scores(FlowBatch flows, IReadOnlyList<int> duplicateRows)
    {
        var scores = new float?[flows.Count + duplicateRows.Count];
        var (row, duplicate) = (0, 0);
        for (var i = 0; i < scores.Length; i++)
        {
            if (duplicate < duplicateRows.Count && duplicateRows[duplicate] == i)
            {
                duplicate++;
            }
            else
            {
                var score = flows.Score[row++];
                scores[i] = float.IsNaN(score) ? null : score;
            }
        }

        return scores;
    }
}
