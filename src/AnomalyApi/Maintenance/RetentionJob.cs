using AnomalyApi.Platform;
using AnomalyApi.Platform.Metrics;
using AnomalyApi.Storage.Stores;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Maintenance;

/// <summary>Makes partitions ahead and removes what is older than its limit, in one process at a time.</summary>
internal sealed partial class RetentionJob(
    RetentionStore retention, ServiceMetrics metrics, IOptions<RetentionOptions> options, PeriodicContext context, ILogger<RetentionJob> logger)
    : PeriodicWork(context, options.Value.Interval)
{
    private const string Lock = "maintenance";

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var held = await Database.TryLockAsync(Lock, cancellationToken);
        if (held is null)
        {
            return;
        }

        var now = Time.GetUtcNow().UtcDateTime;
        await retention.EnsurePartitionsAsync(now, cancellationToken);
        var limits = options.Value;
        var removed = await retention.ApplyAsync(
            new RetentionLimits
            {
                Flows = limits.Flows,
                Anomalies = limits.Anomalies,
                Batches = limits.Batches,
                Trainings = limits.Trainings,
                Captures = limits.Captures,
                IngestHours = limits.Stats,
                Models = limits.Models,
            },
            now,
            cancellationToken);

        metrics.CountRemoved("flow", removed.Flows);
        metrics.CountRemoved("flow_sighting", removed.FlowSightings);
        metrics.CountRemoved("anomaly", removed.Anomalies);
        metrics.CountRemoved("batch", removed.Batches);
        metrics.CountRemoved("training", removed.Trainings);
        metrics.CountRemoved("capture", removed.Captures);
        metrics.CountRemoved("model", removed.Models);
        LogRemoved(removed.Flows, removed.Anomalies, removed.Batches, removed.Trainings, removed.Models);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Retention removed {Flows} flows, {Anomalies} anomalies, {Batches} batch keys, {Trainings} trainings and {Models} models")]
    private partial void LogRemoved(long flows, long anomalies, long batches, long trainings, long models);
}
