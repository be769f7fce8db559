using AnomalyApi.Storage.Writing;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Storage.Stores;

/// <summary>Counts what is stored without visiting the flows.</summary>
public sealed class StatsStore(StorageDatabase database)
{
    /// <summary>Counts from <paramref name="from"/> (included) to <paramref name="to"/> (not included), UTC. Hours are counted whole.</summary>
    public async Task<StorageStats> ReadAsync(DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var firstHour = IngestHours.Of(from);
        var hours = await context.IngestHours.Where(h => h.Hour >= firstHour && h.Hour < to)
            .GroupBy(h => h.Hour)
            .Select(g => new { Hour = g.Key, Flows = g.Sum(h => h.Flows), Rejected = g.Sum(h => h.Rejected), Anomalies = g.Sum(h => h.Anomalies) })
            .OrderBy(h => h.Hour)
            .ToListAsync(cancellationToken);
        var severities = await context.Anomalies.Where(a => a.DetectedAt >= from && a.DetectedAt < to)
            .GroupBy(a => a.Severity).Select(g => new { Severity = g.Key, Count = g.LongCount() })
            .ToDictionaryAsync(g => g.Severity, g => g.Count, cancellationToken);
        var oldest = await context.Flows.OrderBy(f => f.CommittedIn).ThenBy(f => f.Id)
            .Select(f => (DateTime?)f.ReceivedAt).FirstOrDefaultAsync(cancellationToken);
        var newest = await context.Flows.OrderByDescending(f => f.CommittedIn).ThenByDescending(f => f.Id)
            .Select(f => (DateTime?)f.ReceivedAt).FirstOrDefaultAsync(cancellationToken);
        return new StorageStats([.. hours.Select(h => new HourCounts(h.Hour, h.Flows, h.Rejected, h.Anomalies))], severities, oldest, newest);
    }
}
