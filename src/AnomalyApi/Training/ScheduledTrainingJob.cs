using Quartz;

namespace AnomalyApi.Training;

/// <summary>What Quartz calls. Everything it does is in <see cref="ScheduleService"/>, so another scheduler can call the same.</summary>
internal sealed class ScheduledTrainingJob(ScheduleService schedules) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await schedules.FireAsync(
            context.Trigger.Key.Name, (context.ScheduledFireTimeUtc ?? context.FireTimeUtc).UtcDateTime, cancellationToken);
}
