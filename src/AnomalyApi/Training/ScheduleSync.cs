using AnomalyApi.Platform;
using AnomalyApi.Storage.Rows;
using Microsoft.Extensions.Options;
using Quartz;

namespace AnomalyApi.Training;

/// <summary>Keeps the triggers of this process's scheduler as the database has them, and catches up on what was missed.</summary>
internal sealed class ScheduleSync(
    ScheduleService schedules, ISchedulerFactory schedulers, IOptions<TrainingOptions> options, PeriodicContext context)
    : PeriodicWork(context, options.Value.PollInterval)
{
    private static readonly JobKey Job = new("training");

    private readonly Dictionary<string, DateTime> _known = [];

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var rows = await schedules.ListAsync(cancellationToken);
        await schedules.CatchUpAsync(rows, cancellationToken);
        await SyncAsync(await schedulers.GetScheduler(cancellationToken), rows, cancellationToken);
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
}
