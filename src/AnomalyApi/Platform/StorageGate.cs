namespace AnomalyApi.Platform;

/// <summary>Answers 503 to every call of the API until the database was opened for the first time.</summary>
internal sealed class StorageGate(RequestDelegate next, StorageReadiness readiness)
{
    public Task InvokeAsync(HttpContext context) =>
        readiness.IsReady || !context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal)
            ? next(context)
            : Problems.Problems.StorageUnavailable(Problems.RetryLater.AfterOutage).ExecuteAsync(context);
}
