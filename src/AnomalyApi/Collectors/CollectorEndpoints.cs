using AnomalyApi.Platform.OpenApi;
using AnomalyApi.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AnomalyApi.Collectors;

/// <summary>What the collectors receive, and what they lose.</summary>
internal static class CollectorEndpoints
{
    public static void MapCollectors(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/collectors").WithTags("Collectors").RequireAuthorization(Roles.Reader).WithStandardProblems();
        group.MapGet("/", List).WithSummary("List the collectors and their exporters");
    }

    /// <remarks>
    /// Counts are of this process since its start. Everything adds up once the queue is empty: received = refused + queue_dropped + decoded + malformed,
    /// flows = stored + duplicates + dropped + those of the batch that is being gathered. What the network lost on the way is in missed.
    /// </remarks>
    private static Ok<IReadOnlyList<CollectorView>> List(NetFlowCollector collector) =>
        TypedResults.Ok<IReadOnlyList<CollectorView>>([CollectorView.Of(collector)]);
}
