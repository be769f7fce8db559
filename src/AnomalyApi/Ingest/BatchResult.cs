using System.Globalization;

namespace AnomalyApi.Ingest;

/// <summary>An answer that was written before the commit and is sent after it.</summary>
/// <param name="Json">The <see cref="BatchAnswer"/>.</param>
/// <param name="ModelVersion">The version that scored the batch.</param>
/// <param name="IsReplay">Whether this is the first answer to the same idempotency key.</param>
internal sealed record BatchResult(ReadOnlyMemory<byte> Json, int? ModelVersion, bool IsReplay) : IResult
{
    public const string ModelVersionHeader = "Model-Version";
    public const string ReplayHeader = "Idempotent-Replay";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = Json.Length;
        if (ModelVersion is { } version)
        {
            response.Headers[ModelVersionHeader] = version.ToString(CultureInfo.InvariantCulture);
        }

        if (IsReplay)
        {
            response.Headers[ReplayHeader] = "true";
        }

        await response.Body.WriteAsync(Json, httpContext.RequestAborted);
    }
}
