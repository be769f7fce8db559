using AnomalyApi.Platform.OpenApi;
using AnomalyApi.Platform.Problems;
using AnomalyApi.Security;
using AnomalyApi.Storage.Stores;
using AnomalyApi.Traffic;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AnomalyApi.Anomalies;

/// <summary>Where SIEMs and analysts read anomalies.</summary>
internal static class AnomalyEndpoints
{
    public static void MapAnomalies(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/anomalies").WithTags("Anomalies").RequireAuthorization(Roles.Reader).WithStandardProblems();
        group.MapGet("/", FindAsync).WithSummary("List anomalies, as a feed or as a search");
        group.MapGet("/{id:long}", GetAsync).WithSummary("One anomaly with its explanation").WithProblems(404);
    }

    /// <remarks>
    /// Follow <c>next</c>: nothing is missed and nothing comes twice, also while flows come in. Come back with the last <c>next</c> for what is new.
    /// </remarks>
    private static async Task<Results<Ok<Page<AnomalyView>>, ProblemHttpResult>> FindAsync(
        [AsParameters] AnomalySearchParameters parameters, HttpRequest request, AnomalySearch search, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>();
        var query = parameters.ReadQuery(request, errors);
        if (errors.Count > 0)
        {
            return Problems.InvalidParameters(errors);
        }

        var rows = await search.FindAsync(query, cancellationToken);
        return TypedResults.Ok(new Page<AnomalyView>
        {
            Items = [.. rows.Select(AnomalyView.Of)],
            Next = CursorText.Next(query, rows.Count > 0 ? rows[^1].Cursor : null, rows.Count),
        });
    }

    /// <remarks>The five features furthest from typical, each with its part in the score.</remarks>
    /// <param name="id" example="1">Id of the anomaly, from a list or from the answer to its batch.</param>
    private static async Task<Results<Ok<AnomalyView>, ProblemHttpResult>> GetAsync(
        long id, AnomalySearch search, CancellationToken cancellationToken) =>
        await search.GetAsync(id, cancellationToken) is { } row
            ? TypedResults.Ok(AnomalyView.Of(row))
            : Problems.NotFound($"There is no anomaly {id}, or retention has removed it.");
}
