using AnomalyApi.Flows;
using AnomalyApi.Flows.Synthetic;
using AnomalyApi.Ingest;
using AnomalyApi.Platform;
using AnomalyApi.Scoring;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Writing;

namespace AnomalyApi.Demo;

/// <summary>
/// Shows a newcomer what the service does: a day and a half of office traffic to learn from, then everyday work in which one attack after the other
/// begins. The flows take the way of every sensor's.
/// </summary>
internal sealed partial class DemoFeeder(
    FlowIntake intake, ModelSlot slot, StorageReadiness readiness, TimeProvider time, ILogger<DemoFeeder> logger) : BackgroundService
{
    private const ulong Seed = 7;
    private const int BatchFlows = 1_000;
    private const int FlowsPerSecond = 40;

    // Twenty flows of each attack, so that a new one begins every ten seconds and every kind comes within two minutes.
    private const double AttackShare = 0.05;
    private const int FlowsOfAttack = 20;

    private static readonly TimeSpan History = TimeSpan.FromHours(36);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>Nearly all flows of the past that is sent first. At weekends there are fewer than on working days.</summary>
    public static int FlowsToLearnFrom(DateTime now)
    {
        var flows = 0;
        using var batch = FlowBatch.Rent(BatchFlows);
        for (var past = Past(now); past.Clock < now; batch.Clear())
        {
            past.AddNormal(batch, BatchFlows);
            flows += batch.Count;
        }

        return flows - BatchFlows;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await readiness.WaitAsync(stoppingToken);
        using var batch = FlowBatch.Rent(BatchFlows);
        if (slot.Snapshot() is null)
        {
            await TeachAsync(batch, time.GetUtcNow().UtcDateTime, stoppingToken);
        }

        var work = new SyntheticTraffic(Seed + 1, time.GetUtcNow().UtcDateTime) { FlowsPerHour = FlowsPerSecond * 3600, IsSteady = true };
        var kinds = SyntheticAttackCatalog.All;
        var scenario = new SyntheticScenario(work, kinds, AttackShare, (long)(kinds.Count * FlowsOfAttack / AttackShare))
        {
            AttackBegins = attack => LogAttack(attack.Name, attack.Summary),
        };
        using var timer = new PeriodicTimer(Tick, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            for (var now = time.GetUtcNow().UtcDateTime; scenario.Clock < now;)
            {
                while (scenario.Clock < now && batch.Count < BatchFlows)
                {
                    scenario.Add(batch, 1);
                }

                await SendAsync(batch, stoppingToken);
            }
        }
    }

    private static SyntheticTraffic Past(DateTime now) => new(Seed, now - History);

    /// <summary>Sends the past, which holds no attack, and waits for the first model. The past covers every hour of the day, so the model learns its rhythm.</summary>
    private async Task TeachAsync(FlowBatch batch, DateTime now, CancellationToken stoppingToken)
    {
        LogTeaching(History.TotalHours);
        for (var past = Past(now); past.Clock < now;)
        {
            past.AddNormal(batch, BatchFlows);
            await SendAsync(batch, stoppingToken);
        }

        while (slot.Snapshot() is null)
        {
            await Task.Delay(Tick, time, stoppingToken);
        }
    }

    /// <summary>Sends the batch until it is taken, as a sensor does, and empties it.</summary>
    private async Task SendAsync(FlowBatch batch, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var result = await intake.StoreAsync(new IntakeBatch(batch, "demo"), cancellationToken);
                if (result.Outcome == CommitOutcome.Committed)
                {
                    batch.Clear();
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

    [LoggerMessage(Level = LogLevel.Information, Message = "Demo: an attack begins: {Attack}. {Summary}")]
    private partial void LogAttack(string attack, string summary);
}
