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

    /// <summary>Documents the problems of one endpoint beyond the standard ones.</summary>
    public static RouteHandlerBuilder WithProblems(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        foreach (var status in statuses)
        {
            endpoint.ProducesProblem(status);
        }

        return endpoint;
    }

    /// <summary>Documents a JSON body by an example that works as it stands, also on a fresh service.</summary>
    public static RouteHandlerBuilder WithBodyExample(this RouteHandlerBuilder endpoint, string json) =>
        endpoint.WithProblems(StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType).WithMetadata(new BodyExample(json));

    /// <summary>Documents an endpoint that takes a batch of flows in any format.</summary>
    public static RouteHandlerBuilder WithBatchDocs(this RouteHandlerBuilder endpoint, bool isStored)
    {
        endpoint.Produces<Ingest.BatchAnswer>(StatusCodes.Status200OK);
        foreach (var status in new[] { 413, 415, 422 })
        {
            endpoint.ProducesProblem(status);
        }

        return endpoint.WithMetadata(new BatchBody(isStored));
    }

    /// <summary>Marks an endpoint whose body the formats read.</summary>
    /// <param name="IsStored">Whether the batch is stored, so that idempotency keys mean something.</param>
    internal sealed record BatchBody(bool IsStored);

    /// <summary>Marks an endpoint that takes a file in a field of a form.</summary>
    internal sealed record FileBody(string Field);

    /// <summary>The body that "Try it out" begins with.</summary>
    internal sealed record BodyExample(string Json);
}
