using AnomalyApi.Storage;
using Microsoft.AspNetCore.Diagnostics;

namespace AnomalyApi.Platform.Problems;

/// <summary>Makes every error answer a problem document, also those the framework decides on: 401, 403, 404, 405, 413, 500.</summary>
internal static class ProblemSetup
{
    private static readonly TimeSpan StorageRetryAfter = TimeSpan.FromSeconds(5);

    public static void AddProblems(this IServiceCollection services)
    {
        services.AddProblemDetails(options => options.CustomizeProblemDetails = Customize);
        // Without both, a malformed body is 500 in Development and an empty 400 in Production.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    public static void UseProblems(this WebApplication app)
    {
        var database = app.Services.GetRequiredService<StorageDatabase>();
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = exception => exception is BadHttpRequestException bad ? bad.StatusCode
                : database.IsUnavailable(exception) ? StatusCodes.Status503ServiceUnavailable
                : StatusCodes.Status500InternalServerError,
            // The caller is told; the log keeps to what somebody here should look at.
            SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException || database.IsUnavailable(context.Exception),
        });
        app.UseStatusCodePages();
    }

    private static void Customize(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        problem.Instance ??= context.HttpContext.Request.Path;
        if (problem.Type?.StartsWith("urn:", StringComparison.Ordinal) == true)
        {
            return;
        }

        var exception = context.HttpContext.Features.Get<IExceptionHandlerFeature>()?.Error;
        var (type, detail) = Describe(problem.Status ?? 500, exception, context.HttpContext);
        problem.Type = Problems.TypeOf(type);
        problem.Detail ??= detail;
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            RetryLater.SetHeader(context.HttpContext, StorageRetryAfter);
        }
    }

    private static (string Type, string Detail) Describe(int status, Exception? exception, HttpContext context) => status switch
    {
        StatusCodes.Status400BadRequest => ("bad-request", exception?.Message ?? "The request cannot be read."),
        StatusCodes.Status401Unauthorized => ("unauthorized", "Send a valid API key in the X-Api-Key header."),
        StatusCodes.Status403Forbidden => ("forbidden", "The API key is valid, but has none of the roles that this call asks for."),
        StatusCodes.Status404NotFound => ("not-found", $"There is nothing at {context.Request.Path}."),
        StatusCodes.Status405MethodNotAllowed => ("method-not-allowed", $"{context.Request.Method} is not allowed here; see the Allow header."),
        StatusCodes.Status413PayloadTooLarge => ("body-too-large", exception?.Message ?? "The body is larger than Ingest:MaxBodyBytes."),
        StatusCodes.Status415UnsupportedMediaType => ("unsupported-media-type", "Send application/json."),
        StatusCodes.Status503ServiceUnavailable => ("storage-unavailable", "The database cannot be reached. Try again shortly."),
        _ => ("internal-error", "The service failed on this request. The log has the reason under this trace_id."),
    };
}
