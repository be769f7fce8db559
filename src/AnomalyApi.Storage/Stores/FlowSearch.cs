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

        if (query.Port is { } port)
        {
            rows = rows.Where(r => r.SourcePort == port || r.DestinationPort == port);
        }

        if (query.Protocol is { } protocol)
        {
            rows = rows.Where(r => r.Protocol == protocol);
        }

        if (query.Sensor is { } sensor)
        {
            rows = rows.Where(r => r.Sensor == sensor);
        }

        if (query.ModelVersion is { } version)
        {
            rows = rows.Where(r => r.ModelVersion == version);
        }

        // The first half of each comparison says nothing new, but it is what an index range is made of.
        if (query.After is var (transaction, id))
        {
            rows = query.NewestFirst
                ? rows.Where(r => r.CommittedIn <= transaction && (r.CommittedIn < transaction || r.Id < id))
                : rows.Where(r => r.CommittedIn >= transaction && (r.CommittedIn > transaction || r.Id > id));
        }

        rows = query.NewestFirst
            ? rows.OrderByDescending(r => r.CommittedIn).ThenByDescending(r => r.Id)
            : rows.OrderBy(r => r.CommittedIn).ThenBy(r => r.Id);
        return await rows.Take(query.Limit).AsNoTracking().ToListAsync(cancellationToken);
    }

    // Bytes have no order in LINQ. Equality is written apart, since only it can use the bloom indexes.
    private static IQueryable<FlowRow> Rows(AnomalyDbContext context, AddressRange? range)
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
