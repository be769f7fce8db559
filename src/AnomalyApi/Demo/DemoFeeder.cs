using AnomalyApi.Flows;
using AnomalyApi.Flows.Synthetic;
using AnomalyApi.Ingest;
using AnomalyApi.Platform;
using AnomalyApi.Scoring;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Writing;

namespace AnomalyApi.Demo;

/// <summary>
/// Shows a newcomer what the service does: a day and a half of office traffic to learn from, then everyday work with an attack now and then. The
/// flows take the way of every sensor's.
/// </summary>
internal sealed partial class DemoFeeder(
    FlowIntake intake, ModelSlot slot, StorageReadiness readiness, TimeProvider time, ILogger<DemoFeeder> logger) : BackgroundService
{
    public const int FlowsToLearnFrom = 20_000;

    private const ulong Seed = 7;
    private const int BatchFlows = 1_000;
    private const int FlowsPerTick = 40;
    private const int TicksBetweenAttacks = 5;

    private static readonly TimeSpan History = TimeSpan.FromHours(36);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await readiness.WaitAsync(stoppingToken);
        var now = time.GetUtcNow().UtcDateTime;
        if (slot.Snapshot() is null)
        {
            await TeachAsync(now, stoppingToken);
        }

        var traffic = new SyntheticTraffic(Seed + 1, now);
        var kinds = Enum.GetValues<SyntheticAttack>();
        using var timer = new PeriodicTimer(Tick, time);
        for (var tick = 0; await timer.WaitForNextTickAsync(stoppingToken); tick++)
        {
            var flows = traffic.Normal(FlowsPerTick);
            if (tick % TicksBetweenAttacks == 0)
            {
                var kind = kinds[tick / TicksBetweenAttacks % kinds.Length];
                LogAttack(SyntheticTraffic.LabelOf(kind));
                flows = [.. flows, .. traffic.Attack(kind, FlowsPerTick / 4)];
            }

            // The traffic keeps a clock of its own, which runs faster than this demonstration.
            var start = time.GetUtcNow().UtcDateTime;
            await SendAsync(flows.Select(flow => flow with { Start = start }), stoppingToken);
        }
    }

    /// <summary>Sends the past, which holds no attack, and waits for the first model. The past covers every hour of the day, so the model learns its rhythm.</summary>
    private async Task TeachAsync(DateTime now, CancellationToken stoppingToken)
    {
        LogTeaching(History.TotalHours);
        var traffic = new SyntheticTraffic(Seed, now - History);
        while (traffic.Clock < now)
        {
            await SendAsync(traffic.Normal(BatchFlows), stoppingToken);
        }

        while (slot.Snapshot() is null)
        {
            await Task.Delay(Tick, time, stoppingToken);
        }
    }

    /// <summary>Sends a batch until it is taken, as a sensor does.</summary>
    private async Task SendAsync(IEnumerable<FlowRecord> flows, CancellationToken cancellationToken)
    {
        using var batch = FlowBatch.Rent();
        foreach (var flow in flows)
        {
            batch.Add(flow);
        }

        while (true)
        {
            try
            {
                var result = await intake.StoreAsync(new IntakeBatch(batch, "demo"), cancellationToken);
                if (result.Outcome == CommitOutcome.Committed)
                {
                    return;
                }
            }
            catch (StorageUnavailableException e)
            {
                LogWaiting(e.Message);
            }

            await Task.Delay(Tick, time, cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Demo: waiting, {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Demo: sending {Hours} hours of office traffic for the first model to learn from")]
    private partial void LogTeaching(double hours);

    [LoggerMessage(Level = LogLevel.Information, Message = "Demo: planting an attack: {Attack}")]
    private partial void LogAttack(string attack);
}
