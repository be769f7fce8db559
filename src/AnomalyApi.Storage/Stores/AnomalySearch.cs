using AnomalyApi.Flows;
using AnomalyApi.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Storage.Stores;

/// <summary>Finds anomalies, page by page.</summary>
/// <inheritdoc cref="FlowSearch" path="/remarks"/>
public sealed class AnomalySearch(StorageDatabase database)
{
    /// <summary>The next page of <paramref name="query"/>; fewer rows than its limit mean that there are no more now.</summary>
    public async Task<IReadOnlyList<AnomalyRow>> FindAsync(AnomalyQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        await using var context = database.CreateDbContext();
        var horizon = await database.ReadHorizonAsync(cancellationToken);
        var rows = Rows(context, query.Address).Where(r => r.CommittedIn < horizon);
        if (query.From is { } from)
        {
            rows = rows.Where(r => r.DetectedAt >= from);
        }

        if (query.To is { } to)
        {
            rows = rows.Where(r => r.DetectedAt < to);
        }

        if (query.MinScore is { } score)
        {
            rows = rows.Where(r => r.Score >= score);
        }

        if (query.MinSeverity is { } severity)
        {
            rows = rows.Where(r => r.Severity >= severity);
        }

        if (query.ModelVersion is { } version)
        {
            rows = rows.Where(r => r.ModelVersion == version);
        }

        if (query.Status is { } status)
        {
            rows = rows.Where(r => r.Status == status);
        }

        var page = await rows.Restrict(query).Page(query).AsNoTracking().ToListAsync(cancellationToken);
        await context.FillSeenByAsync(page, row => row.FlowId, cancellationToken);
        return page;
    }

    /// <summary>The anomaly, or null.</summary>
    public async Task<AnomalyRow?> GetAsync(long id, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var row = await context.Anomalies.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, cancellationToken);
        if (row is not null)
        {
            await context.FillSeenByAsync([row], found => found.FlowId, cancellationToken);
        }

        return row;
    }

    private static IQueryable<AnomalyRow> Rows(AnomalyDbContext context, CidrRange? range)
    {
        if (range is not var (from, to))
        {
            return context.Anomalies;
        }

        var first = from.ToBytes();
        var last = to.ToBytes();
        return context.Anomalies.FromSql(
            $"select * from anomaly where (src_ip between {first} and {last} or dst_ip between {first} and {last})");
    }
}
