using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Platform.Problems;

/// <summary>
/// Fills in and writes every problem document, whatever the request accepts: the framework's own writer leaves a caller that asks for another
/// type without a body, and turns its 400 into a 500.
/// </summary>
internal sealed partial class ProblemWriter(IOptions<JsonOptions> json, ILogger<ProblemWriter> logger) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var http = context.HttpContext;
        var problem = context.ProblemDetails;
        problem.Status ??= http.Response.StatusCode;
        problem.Instance ??= http.Request.Path;
        var traceId = Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier;
        problem.Extensions["trace_id"] = traceId;
        if (problem.Type?.StartsWith("urn:", StringComparison.Ordinal) != true)
        {
            var exception = http.Features.Get<IExceptionHandlerFeature>()?.Error;
            var (type, detail) = Describe(problem.Status.Value, exception, http);
            problem.Type = Problems.TypeOf(type);
            problem.Title ??= ReasonPhrases.GetReasonPhrase(problem.Status.Value);
            problem.Detail ??= detail;
            if (problem.Status == StatusCodes.Status503ServiceUnavailable)
            {
                RetryLater.SetHeader(http, RetryLater.AfterOutage);
            }
            else if (problem.Status >= StatusCodes.Status500InternalServerError && exception is not null)
            {
                LogFailed(exception, http.Request.Method, http.Request.Path, traceId);
            }
        }

        return new(http.Response.WriteAsJsonAsync(
            problem, problem.GetType(), json.Value.SerializerOptions, "application/problem+json", http.RequestAborted));
    }

    private static (string Type, string Detail) Describe(int status, Exception? exception, HttpContext context) => status switch
    {
        StatusCodes.Status400BadRequest => ("bad-request", Reason(exception)),
        StatusCodes.Status401Unauthorized => ("unauthorized", "Send a valid API key in the X-Api-Key header."),
        StatusCodes.Status403Forbidden => ("forbidden", "The API key is valid, but has none of the roles that this call asks for."),
        StatusCodes.Status404NotFound => ("not-found", $"There is nothing at {context.Request.Path}."),
        StatusCodes.Status405MethodNotAllowed => ("method-not-allowed", $"{context.Request.Method} is not allowed here; see the Allow header."),
        StatusCodes.Status408RequestTimeout => ("request-timeout", "The body came too slowly. Send it again."),
        StatusCodes.Status413PayloadTooLarge =>
            ("body-too-large", TooLarge((context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint())?.Metadata.GetMetadata<BodyLimit>())),
        StatusCodes.Status415UnsupportedMediaType => ("unsupported-media-type", "Send application/json."),
        StatusCodes.Status503ServiceUnavailable => ("storage-unavailable", "The database cannot be reached. Try again shortly."),
        < 500 => ("bad-request", Reason(exception)),
        _ => ("internal-error", "The service failed on this request. The log has the reason under this trace_id."),
    };

    private static string TooLarge(BodyLimit? limit) => limit is null
        ? "The body is too large. Send less at a time."
        : $"The body is larger than {limit.Bytes} bytes ({limit.Setting}), before or after decompression. Send less at a time.";

    // The framework says which parameter it could not read; what was wrong with a JSON body is one exception further in.
    private static string Reason(Exception? exception) => exception switch
    {
        BadHttpRequestException { InnerException: System.Text.Json.JsonException fault } => JsonFault.Describe(fault),
        BadHttpRequestException { Message: var text } when text.StartsWith("Implicit body", StringComparison.Ordinal) => "Send a JSON object as the body.",
        BadHttpRequestException bad => bad.Message,
        _ => "The request cannot be read.",
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed, trace_id {TraceId}")]
    private partial void LogFailed(Exception exception, string method, string path, string traceId);
}
