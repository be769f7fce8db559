using AnomalyApi.Platform;
using AnomalyApi.Platform.OpenApi;
using AnomalyApi.Security;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Ingest;

/// <summary>Where sensors send flows.</summary>
internal static class FlowsEndpoints
{
    public static void MapIngest(this IEndpointRouteBuilder routes)
    {
        var limit = routes.ServiceProvider.GetRequiredService<IOptions<IngestOptions>>().Value.MaxBodyBytes;
        var group = routes.MapGroup("/v1").WithTags("Flows").RequireAuthorization(Roles.Sensor).WithStandardProblems()
            .WithMetadata(new BodyLimit(limit, "Ingest:MaxBodyBytes"));
        group.MapPost("/flows", StoreAsync).WithSummary("Score and store a batch of flows").WithBatchDocs(isStored: true);
        group.MapPost("/scores", ScoreAsync).WithSummary("Score a batch of flows and store nothing").WithBatchDocs(isStored: false);
    }

    /// <remarks>
    /// The content type picks the format. Every accepted flow is durable when the answer arrives. A bad line is rejected with its reason and the
    /// rest is taken; when no line is good the answer is 422. The same Idempotency-Key and body give the first answer again.
    /// </remarks>
    private static async Task<IResult> StoreAsync(HttpContext http, IngestService ingest, CancellationToken cancellationToken)
    {
        var (request, problem) = BatchRequest.Bind(http);
        return problem ?? await ingest.StoreAsync(request!, http.Request.Body, cancellationToken);
    }

    /// <remarks>Takes what <c>POST /v1/flows</c> takes, and answers the same without ids.</remarks>
    private static async Task<IResult> ScoreAsync(HttpContext http, IngestService ingest, CancellationToken cancellationToken)
    {
        var (request, problem) = BatchRequest.Bind(http);
        return problem ?? await ingest.ScoreOnlyAsync(request!, http.Request.Body, cancellationToken);
    }
}
