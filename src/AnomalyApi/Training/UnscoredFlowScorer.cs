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
    StorageDatabase database,
    StorageReadiness readiness,
    TimeProvider time,
    IOptions<ScoringOptions> options,
    ILogger<UnscoredFlowScorer> logger)
    : BackgroundService
{
    private const int PageSize = 5_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>A batch that took its snapshot before the first model may be stored after it, so the search ends only when nothing came for as long.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(5);

    private readonly AnomalyFinder _finder = new(options.Value.Severities());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await readiness.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Interval, time);
        var lastFound = time.GetUtcNow();
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var found = await ScoreAllAsync(stoppingToken);
                lastFound = found is null or > 0 ? time.GetUtcNow() : lastFound;
                if (time.GetUtcNow() - lastFound > Quiet)
                {
                    return;
                }
            }
            catch (Exception e) when (database.IsUnavailable(e))
            {
                LogLater(e.Message);
            }
        }
    }

    /// <summary>How many flows got a score; null while there is no model.</summary>
    private async Task<int?> ScoreAllAsync(CancellationToken cancellationToken)
    {
        var total = 0;
        FeedCursor? after = null;
        while (engines.Rent() is { } engine)
        {
            try
            {
                using var page = await flows.ReadUnscoredAsync(after, PageSize, cancellationToken);
                if (page.Flows.Count == 0)
                {
                    if (total > 0)
                    {
                        LogScored(total);
                    }

                    return total;
                }

                total += await ScoreAsync(page, engine, cancellationToken);
                after = page.Cursors[^1];
            }
            finally
            {
                engines.Return(engine);
            }
        }

        return null;
    }

    private async Task<int> ScoreAsync(UnscoredFlows page, ScoringEngine engine, CancellationToken cancellationToken)
    {
        engine.Score(page.Flows);
        var anomalies = _finder.Find(page.Flows, engine);
        if (anomalies.Count > 0)
        {
            anomalies = AnomalyFinder.WithIds(anomalies, await writer.ReserveIdsAsync(IdSequence.Anomaly, anomalies.Count, cancellationToken));
        }

        var scored = await flows.SetScoresAsync(
            page, page.Flows.Score.ToArray(), engine.Live.Version, anomalies, time.GetUtcNow().UtcDateTime, cancellationToken);
        metrics.CountBackfill(scored, scored > 0 ? anomalies.Count : 0);
        return scored;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{FlowCount} flows that were stored before there was a model got their score")]
    private partial void LogScored(int flowCount);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Unscored flows wait until the database is back: {Reason}")]
    private partial void LogLater(string reason);
}
