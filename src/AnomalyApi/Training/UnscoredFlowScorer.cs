using AnomalyApi.Anomalies;
using AnomalyApi.Platform;
using AnomalyApi.Platform.Metrics;
using AnomalyApi.Scoring;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Stores;
using AnomalyApi.Storage.Writing;

namespace AnomalyApi.Training;

/// <summary>Scores the flows that were stored before there was a model.</summary>
internal sealed partial class UnscoredFlowScorer(
    FlowStore flows,
    FlowWriter writer,
    BatchScorer scorer,
    ModelSlot slot,
    ServiceMetrics metrics,
    PeriodicContext context,
    ILogger<UnscoredFlowScorer> logger)
    : PeriodicWork(context, Interval)
{
    private const int PageSize = 5_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Pause once nothing is left: only a batch that was in progress when the first model came can still add any.</summary>
    private static readonly TimeSpan RestInterval = TimeSpan.FromSeconds(30);

    private bool _isDone;

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        _isDone = false;
        if (slot.Snapshot() is null)
        {
            return;
        }

        // One process is enough: the others would score the same flows and throw the work away.
        await using var held = await Database.TryLockAsync("scoring", cancellationToken);
        if (held is null)
        {
            return;
        }

        var total = 0;
        FeedCursor? after = null;
        while (!_isDone)
        {
            using var page = await flows.ReadUnscoredAsync(after, PageSize, cancellationToken);
            _isDone = page.Flows.Count == 0;
            if (!_isDone)
            {
                total += await ScoreAsync(page, cancellationToken);
                after = page.Cursors[^1];
            }
        }

        if (total > 0)
        {
            LogScored(total);
        }
    }

    protected override Task PauseAsync(CancellationToken cancellationToken) =>
        Task.Delay(_isDone ? RestInterval : Interval, Time, cancellationToken);

    private async Task<int> ScoreAsync(UnscoredFlows page, CancellationToken cancellationToken)
    {
        var batch = scorer.Score(page.Flows);
        if (batch.ModelVersion is not { } version)
        {
            return 0;
        }

        var anomalies = batch.Anomalies.Count == 0
            ? []
            : AnomalyFinder.WithIds(
                batch.Anomalies, await writer.ReserveIdsAsync(IdSequence.Anomaly, batch.Anomalies.Count, cancellationToken));
        var scored = await flows.SetScoresAsync(
            page, page.Flows.Score.ToArray(), version, anomalies, Time.GetUtcNow().UtcDateTime, cancellationToken);
        metrics.CountBackfill(scored, scored > 0 ? anomalies.Count : 0);
        return scored;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{FlowCount} flows that were stored before there was a model got their score")]
    private partial void LogScored(int flowCount);
}
