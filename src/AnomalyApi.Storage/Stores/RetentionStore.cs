using System.Linq.Expressions;
using AnomalyApi.Storage.Rows;
using AnomalyApi.Storage.Writing;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Storage.Stores;

/// <summary>Deletes what is older than it may be, and makes room for the days to come.</summary>
public sealed class RetentionStore(StorageDatabase database)
{
    // Rows of one statement: short enough that a writer waiting for it is not noticed.
    private const int Chunk = 5_000;

    /// <summary>Applies <paramref name="limits"/> as of <paramref name="now"/> (UTC). Stopping halfway loses nothing; the next run goes on.</summary>
    public async Task<RetentionCounts> ApplyAsync(RetentionLimits limits, DateTime now, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var anomalies = await DeleteAsync(
            context.Anomalies, limits.Anomalies, now, before => r => r.DetectedAt < before,
            rows => rows.Where(r => rows.OrderBy(o => o.Id).Take(Chunk).Select(o => o.Id).Contains(r.Id)), cancellationToken);
        var sightings = await DeleteAsync(
            context.FlowSightings, limits.Flows, now, before => r => r.ReceivedAt < before,
            rows => rows.Where(r => rows.OrderBy(o => o.ReceivedAt).Take(Chunk).Any(o => o.FlowId == r.FlowId && o.Sensor == r.Sensor)), cancellationToken);
        // A capture that waits, however long, must find the lots of its first reading again.
        var hasOpenCapture = await context.Captures.AnyAsync(c => c.Status == JobStatus.Queued || c.Status == JobStatus.Running, cancellationToken);
        var batches = await DeleteAsync(
            context.Batches.Where(b => !hasOpenCapture || b.Scope != BatchKey.CaptureScope), limits.Batches, now, before => r => r.CreatedAt < before,
            rows => rows.Where(r => rows.OrderBy(o => o.CreatedAt).Take(Chunk).Any(o => o.Scope == r.Scope && o.Key == r.Key)), cancellationToken);
        var trainings = await DeleteAsync(
            context.Trainings, limits.Trainings, now, before => r => r.FinishedAt < before, rows => rows, cancellationToken);
        var captures = await DeleteAsync(
            context.Captures, limits.Captures, now, before => r => r.FinishedAt < before, rows => rows, cancellationToken);
        var hours = await DeleteAsync(
            context.IngestHours, limits.IngestHours, now, before => r => r.Hour < before, rows => rows, cancellationToken);
        var models = limits.Models is { } keep ? await DeleteModelsAsync(context, keep, cancellationToken) : 0;

        // Last: a partition that somebody holds on to fails, and must not keep the rest from being cleaned.
        var flows = limits.Flows is { } flowAge ? await database.DeleteFlowsAsync(now - flowAge, cancellationToken) : 0;
        return new RetentionCounts(flows, sightings, anomalies, batches, trainings, captures, hours, models);
    }

    /// <summary>Makes the partitions from the day before <paramref name="now"/> to the seventh after it, where the provider has such.</summary>
    public Task EnsurePartitionsAsync(DateTime now, CancellationToken cancellationToken) =>
        database.EnsurePartitionsAsync(now.Date.AddDays(-1), now.Date.AddDays(7), cancellationToken);

    private static async Task<long> DeleteAsync<T>(
        IQueryable<T> table, TimeSpan? age, DateTime now, Func<DateTime, Expression<Func<T, bool>>> olderThan,
        Func<IQueryable<T>, IQueryable<T>> chunk, CancellationToken cancellationToken)
        where T : class
    {
        if (age is null)
        {
            return 0;
        }

        var old = table.Where(olderThan(now - age.Value));
        long total = 0;
        while (await chunk(old).ExecuteDeleteAsync(cancellationToken) is var deleted and > 0)
        {
            total += deleted;
        }

        return total;
    }

    private async Task<long> DeleteModelsAsync(AnomalyDbContext context, int keep, CancellationToken cancellationToken)
    {
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await database.SerializeAsync(context, "model", cancellationToken);
        long total = 0;
        foreach (var name in await context.Models.Select(m => m.Name).Distinct().ToListAsync(cancellationToken))
        {
            var newest = await context.Models.Where(m => m.Name == name)
                .OrderByDescending(m => m.Version).Take(Math.Max(keep, 1)).Select(m => m.Version).ToListAsync(cancellationToken);

            // The active one, and the one before it: the two distinct versions activated last.
            var activated = await context.ModelActivations.Where(a => a.ModelName == name && context.Models.Any(m => m.Version == a.Version))
                .GroupBy(a => a.Version).Select(g => new { Version = g.Key, Last = g.Max(a => a.Id) })
                .OrderByDescending(g => g.Last).Take(2).Select(g => g.Version).ToListAsync(cancellationToken);
            var kept = newest.Union(activated).ToList();
            total += await context.Models.Where(m => m.Name == name && !kept.Contains(m.Version)).ExecuteDeleteAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return total;
    }
}
