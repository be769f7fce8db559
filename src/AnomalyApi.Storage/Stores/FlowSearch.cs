using AnomalyApi.Flows;
using AnomalyApi.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Storage.Stores;

/// <summary>Finds flows, page by page.</summary>
/// <remarks>
/// Only rows are handed out that no transaction still running can come before. So a poller that goes on from its last row's cursor,
/// oldest first, misses nothing and sees nothing twice, however many processes write.
/// </remarks>
public sealed class FlowSearch(StorageDatabase database)
{
    /// <summary>The next page of <paramref name="query"/>; fewer rows than its limit mean that there are no more now.</summary>
    public async Task<IReadOnlyList<FlowRow>> FindAsync(FlowQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        await using var context = database.CreateDbContext();
        var horizon = await database.ReadHorizonAsync(cancellationToken);
        var rows = Rows(context, query.Address).Where(r => r.CommittedIn < horizon);
        if (query.From is { } from)
        {
            rows = rows.Where(r => r.StartTime >= from);
        }

        if (query.To is { } to)
        {
            rows = rows.Where(r => r.StartTime < to);
        }

        if (query.MinScore is { } score)
        {
            rows = rows.Where(r => (r.CurrentScore ?? r.Score) >= score);
        }

        if (query.ModelVersion is { } version)
        {
            rows = rows.Where(r => r.ModelVersion == version);
        }

        var page = await rows.Restrict(query).Page(query).AsNoTracking().ToListAsync(cancellationToken);
        await context.FillSeenByAsync(page, row => row.Id, cancellationToken);
        return page;
    }

    // Bytes have no order in LINQ. Equality is written apart, since only it can use the bloom indexes.
    private static IQueryable<FlowRow> Rows(AnomalyDbContext context, CidrRange? range)
    {
        if (range is not var (from, to))
        {
            return context.Flows;
        }

        var first = from.ToBytes();
        var last = to.ToBytes();
        return from == to
            ? context.Flows.FromSql($"select * from flow where (src_ip = {first} or dst_ip = {first})")
            : context.Flows.FromSql($"select * from flow where (src_ip between {first} and {last} or dst_ip between {first} and {last})");
    }
}
