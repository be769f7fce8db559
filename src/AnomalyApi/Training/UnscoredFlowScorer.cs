using AnomalyApi.Anomalies;
using AnomalyApi.Platform;
using AnomalyApi.Platform.Metrics;
using AnomalyApi.Scoring;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Stores;
using AnomalyApi.Storage.Writing;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Training;

/// <summary>Scores the flows that were stored before there was a model.</summary>
internal sealed partial class UnscoredFlowScorer(
    FlowStore flows,
    FlowWriter writer,
    ScoringEnginePool engines,
    ServiceMetrics metrics,
    IOptions<ScoringOptions> options,
    PeriodicContext context,
    ILogger<UnscoredFlowScorer> logger)
    : PeriodicWork(context, Interval)
{
    private const int PageSize = 5_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Pause once nothing is left: only a batch that was in progress when the first model came can still add any.</summary>
    private static readonly TimeSpan RestInterval = TimeSpan.FromSeconds(30);

    private readonly AnomalyFinder _finder = new(options.Value.Severities());
    private bool _isDone;

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        _isDone = false;
        var total = 0;
        FeedCursor? after = null;
        while (!_isDone && engines.Rent() is { } engine)
        {
            try
            {
                using var page = await flows.ReadUnscoredAsync(after, PageSize, cancellationToken);
                _isDone = page.Flows.Count == 0;
                if (!_isDone)
                {
                    total += await ScoreAsync(page, engine, cancellationToken);
                    after = page.Cursors[^1];
                }
            }
            finally
            {
                engines.Return(engine);
            }
        }

        if (total > 0)
        {
            LogScored(total);
        }
    }

    protected override Task PauseAsync(CancellationToken cancellationToken) =>
        Task.Delay(_isDone ? RestInterval : Interval, Time, cancellationToken);

    private async Task<int> ScoreAsync(UnscoredFlows page, ScoringEngine engine, CancellationToken cancellationToken)
    {
        engine.Score(page.Flows);
        var anomalies = _finder.Find(page.Flows, engine);
        if (anomalies.Count > 0)
        {
            anomalies = AnomalyFinder.WithIds(anomalies, await writer.ReserveIdsAsync(IdSequence.Anomaly, anomalies.Count, cancellationToken));
        }

        var scored = await flows.SetScoresAsync(
            page, page.Flows.Score.ToArray(), engine.Live.Version, anomalies, Time.GetUtcNow().UtcDateTime, cancellationToken);
        metrics.CountBackfill(scored, scored > 0 ? anomalies.Count : 0);
        return scored;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{FlowCount} flows that were stored before there was a model got their score")]
    private partial void LogScored(int flowCount);
}
