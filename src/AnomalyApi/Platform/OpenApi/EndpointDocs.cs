using Microsoft.AspNetCore.Mvc;

namespace AnomalyApi.Platform.OpenApi;

/// <summary>What the OpenAPI document says of endpoints beyond their types.</summary>
internal static class EndpointDocs
{
    /// <summary>The problems any call may be answered with.</summary>
    public static RouteGroupBuilder WithStandardProblems(this RouteGroupBuilder group)
    {
        foreach (var status in new[] { 400, 401, 403, 429, 500, 503 })
        {
            group.ProducesProblem(status);
        }

        return group;
    }

    /// <summary>Documents an endpoint that takes a batch of flows in any format.</summary>
    public static RouteHandlerBuilder WithBatchDocs(this RouteHandlerBuilder endpoint, bool isStored)
    {
        endpoint.Produces<Ingest.BatchAnswer>(StatusCodes.Status200OK);
        foreach (var status in new[] { 413, 415, 422 })
        {
            endpoint.Produces<ProblemDetails>(status, "application/problem+json");
        }

        return endpoint.WithMetadata(new BatchBody(isStored));
    }

    /// <summary>Marks an endpoint whose body the formats read.</summary>
    /// <param name="IsStored">Whether the batch is stored, so that idempotency keys mean something.</param>
    internal sealed record BatchBody(bool IsStored);
}
