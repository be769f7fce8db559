using AnomalyApi.Anomalies;
using AnomalyApi.Flows;
using AnomalyApi.Ingest.Duplicates;
using AnomalyApi.Platform.Metrics;
using AnomalyApi.Scoring;
using AnomalyApi.Storage.Writing;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Ingest;

/// <summary>The one way into the store: every batch, from HTTP or a collector, is scored with one model version and stored in one transaction. Thread-safe.</summary>
internal sealed class FlowIntake(
    FlowWriter writer,
    BatchScorer scorer,
    DuplicateFilter duplicates,
    LearningProgress learning,
    ServiceMetrics metrics,
    TimeProvider time,
    IOptions<IngestOptions> ingestOptions,
    IOptions<ScoringOptions> scoringOptions)
{
    private readonly int _maxQueuedFlows = ingestOptions.Value.MaxQueuedFlows;
    private readonly LocalNetworks _localNetworks = scoringOptions.Value.Networks();

    /// <summary>Scores and stores a batch, and returns when it is durable or when it is certain that it was not taken. A caller that cancels withdraws a
    /// batch that still waits; once its transaction has begun the outcome is awaited all the same.</summary>
    /// <exception cref="Storage.StorageUnavailableException">The database is away; nothing is stored.</exception>
    public async Task<IntakeResult> StoreAsync(IntakeBatch batch, CancellationToken cancellationToken)
    {
        // Asked before the work of scoring, which a full queue would waste; the writer asks again.
        if (writer.QueuedFlows > _maxQueuedFlows)
        {
            return new IntakeResult(CommitResult.QueueFull, new IntakeOutcome(batch.Flows, ScoredBatch.Unscored, null, []), default);
        }

        Complete(batch.Flows);
        var claim = await duplicates.ClaimAsync(batch.Flows, cancellationToken);
        var outcome = CommitOutcome.Unavailable;
        try
        {
            using var withoutDuplicates = claim is { Rows.Count: > 0 } ? Without(batch.Flows, claim.Rows) : null;
            var result = await StoreAsync(batch, withoutDuplicates ?? batch.Flows, claim, cancellationToken);
            outcome = result.Outcome;
            return result;
        }
        finally
        {
            claim?.Complete(outcome);
        }
    }

    /// <summary>Completes the flows with what the service knows of them, and scores them.</summary>
    public ScoredBatch Score(FlowBatch flows)
    {
        Complete(flows);
        return scorer.Score(flows);
    }

    private void Complete(FlowBatch flows)
    {
        _localNetworks.FillDirections(flows);
        flows.FillCommunityIds();
    }

    private static FlowBatch Without(FlowBatch flows, List<int> rows)
    {
        var rest = FlowBatch.Rent(flows.Count);
        var next = 0;
        foreach (var row in rows)
        {
            rest.AddRange(flows, next, row - next);
            next = row + 1;
        }

        rest.AddRange(flows, next, flows.Count - next);
        return rest;
    }

    private async Task<IntakeResult> StoreAsync(IntakeBatch batch, FlowBatch flows, DuplicateClaim? claim, CancellationToken cancellationToken)
    {
        var scored = scorer.Score(flows);
        // At least one, since the batch is named by it.
        var firstFlowId = await writer.ReserveIdsAsync(IdSequence.Flow, Math.Max(1, flows.Count), cancellationToken);
        if (scored.Anomalies.Count > 0)
        {
            var firstAnomalyId = await writer.ReserveIdsAsync(IdSequence.Anomaly, scored.Anomalies.Count, cancellationToken);
            scored = scored with { Anomalies = AnomalyFinder.WithIds(scored.Anomalies, firstAnomalyId) };
        }

        var made = new IntakeOutcome(flows, scored, $"b{firstFlowId:x}", claim?.Rows ?? []);
        var answer = batch.Answer?.Invoke(made) ?? default;
        var commit = await writer.CommitAsync(
            new BatchToStore
            {
                Flows = flows,
                FirstFlowId = firstFlowId,
                ReceivedAt = time.GetUtcNow().UtcDateTime,
                ModelVersion = scored.ModelVersion,
                Anomalies = scored.Anomalies,
                Sightings = claim?.Sightings(firstFlowId) ?? [],
                RejectedCount = batch.RejectedCount,
                Key = batch.Key,
                Answer = batch.Key is null ? default : answer,
                BatchId = made.BatchId!,
            },
            cancellationToken);
        if (commit.Outcome == CommitOutcome.Committed)
        {
            learning.Add(flows.Count);
            metrics.CountFlows(
                batch.Format, flows.Count, batch.RejectedCount, scored.ModelVersion is null ? 0 : flows.Count, scored.Anomalies.Count);
            metrics.CountDuplicates(batch.Format, made.DuplicateRows.Count);
        }

        return new IntakeResult(commit, made, answer);
    }
}
