using AnomalyApi.Platform;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Rows;
using Microsoft.Extensions.Options;
using Quartz;

namespace AnomalyApi.Training;

/// <summary>Keeps the triggers of this process's scheduler as the database has them, and catches up on what was missed.</summary>
internal sealed partial class ScheduleSync(
    ScheduleService schedules,
    ISchedulerFactory schedulers,
    StorageDatabase database,
    StorageReadiness readiness,
    IOptions<TrainingOptions> options,
    TimeProvider time,
    ILogger<ScheduleSync> logger)
    : BackgroundService
{
    private static readonly JobKey Job = new("training");

    private readonly Dictionary<string, DateTime> _known = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await readiness.WaitAsync(stoppingToken);
        var scheduler = await schedulers.GetScheduler(stoppingToken);
        using var timer = new PeriodicTimer(options.Value.PollInterval, time);
        do
        {
            try
            {
                await schedules.CatchUpAsync(stoppingToken);
                await SyncAsync(scheduler, await schedules.ListAsync(stoppingToken), stoppingToken);
            }
            catch (Exception e) when (database.IsUnavailable(e))
            {
                LogKept(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task SyncAsync(IScheduler scheduler, IReadOnlyList<ScheduleRow> rows, CancellationToken cancellationToken)
    {
        foreach (var gone in _known.Keys.Except(rows.Where(row => !row.Paused).Select(row => row.Name)).ToList())
        {
            await scheduler.UnscheduleJob(new TriggerKey(gone), cancellationToken);
            _known.Remove(gone);
        }

        foreach (var row in rows.Where(row => !row.Paused && _known.GetValueOrDefault(row.Name) != row.UpdatedAt))
        {
            if (ScheduleCron.Read(row.Cron, row.TimeZone, []) is not { } cron)
            {
                continue;
            }

            var trigger = TriggerBuilder.Create()
                .WithIdentity(row.Name)
                .ForJob(Job)
                .WithCronSchedule(cron.CronExpressionString, schedule => schedule.InTimeZone(cron.TimeZone))
                .Build();
            await scheduler.ScheduleJob(trigger, ScheduleJobOptions.Replacing, cancellationToken);
            _known[row.Name] = row.UpdatedAt;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Schedules could not be read, the known ones stay: {Reason}")]
    private partial void LogKept(string reason);
}
