using AnomalyApi.Storage.Rows;

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
