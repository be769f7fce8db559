using AnomalyApi.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Storage.Stores;

/// <summary>What the searches for flows and for anomalies share.</summary>
internal static class TrafficRows
{
    /// <summary>Applies the filters on what both kinds of rows hold of a flow.</summary>
    public static IQueryable<TRow> Restrict<TRow>(this IQueryable<TRow> rows, TrafficQuery query)
        where TRow : FlowColumns
    {
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

        return rows;
    }

    /// <summary>Fills in which other sensors saw the flows of a page.</summary>
    public static async Task FillSeenByAsync<TRow>(
        this AnomalyDbContext context, IReadOnlyList<TRow> page, Func<TRow, long> flowId, CancellationToken cancellationToken)
        where TRow : FlowColumns
    {
        var ids = page.Select(flowId).ToArray();
        var sightings = await context.FlowSightings.AsNoTracking().Where(sighting => ids.Contains(sighting.FlowId))
            .OrderBy(sighting => sighting.Sensor).ToListAsync(cancellationToken);
        if (sightings.Count == 0)
        {
            return;
        }

        var sensors = sightings.ToLookup(sighting => sighting.FlowId, sighting => sighting.Sensor);
        foreach (var row in page)
        {
            row.SeenBy = [.. sensors[flowId(row)]];
        }
    }

    /// <summary>The page behind the query's cursor, in the query's order.</summary>
    public static IQueryable<TRow> Page<TRow>(this IQueryable<TRow> rows, TrafficQuery query)
        where TRow : FlowColumns
    {
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
        return rows.Take(query.Limit);
    }
}
