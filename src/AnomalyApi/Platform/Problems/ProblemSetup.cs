using AnomalyApi.Storage;

namespace AnomalyApi.Platform.Problems;

/// <summary>Makes every error answer a problem document, also those the framework decides on: 401, 403, 404, 405, 413, 500.</summary>
internal static class ProblemSetup
{
    public static void AddProblems(this IServiceCollection services)
    {
        // Before the framework's own writer, since the first that can write does.
        services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        services.AddProblemDetails();
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
            // The writer logs what somebody here should look at, under the trace_id that the caller was told.
            SuppressDiagnosticsCallback = _ => true,
        });
        app.UseStatusCodePages();
    }
}
