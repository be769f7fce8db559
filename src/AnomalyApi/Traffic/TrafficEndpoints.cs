using AnomalyApi.Platform.OpenApi;
using AnomalyApi.Platform.Problems;
using AnomalyApi.Security;
using AnomalyApi.Storage.Stores;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AnomalyApi.Traffic;

/// <summary>Where people look at what came in.</summary>
internal static class TrafficEndpoints
{
    public static void MapTraffic(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1").RequireAuthorization(Roles.Reader).WithStandardProblems();
        group.MapGet("/flows", FindAsync).WithTags("Flows").WithSummary("List stored flows, as a feed or as a search");
        group.MapGet("/stats", StatsAsync).WithTags("Stats").WithSummary("Counts for people and dashboards");
    }

    /// <remarks>The same filters, order and cursor as for anomalies; <c>from</c> and <c>to</c> are starts of flows.</remarks>
    private static async Task<Results<Ok<Page<StoredFlowView>>, ProblemHttpResult>> FindAsync(
        [AsParameters] SearchParameters parameters, HttpRequest request, FlowSearch search, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>();
        var query = parameters.Read(new FlowQuery(), request, errors);
        if (errors.Count > 0)
        {
            return Problems.InvalidParameters(errors);
        }

        var rows = await search.FindAsync(query, cancellationToken);
        return TypedResults.Ok(new Page<StoredFlowView>
        {
            Items = [.. rows.Select(StoredFlowView.Of)],
            Next = CursorText.Next(query, rows.Count > 0 ? rows[^1].Cursor : null, rows.Count),
        });
    }

    /// <remarks>By the time of arrival, in whole hours. The default is the last 24 hours.</remarks>
    private static async Task<Results<Ok<StatsView>, ProblemHttpResult>> StatsAsync(
        [AsParameters] StatsParameters parameters, HttpRequest request, StatsStore stats, StatsReader reader, TimeProvider time, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>();
        QueryNames.RefuseOthers(request, parameters, errors);
        var (from, to) = parameters.Read(time.GetUtcNow().UtcDateTime, errors);
        return errors.Count > 0
            ? Problems.InvalidParameters(errors)
            : TypedResults.Ok(reader.View(from, to, await stats.ReadAsync(from, to, cancellationToken)));
    }
}
