using System.Diagnostics;
using AnomalyApi.Security;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Platform.Logs;

/// <summary>One line for each request: method, path, status, time and who. Never a query string, header or body, since those may hold secrets.</summary>
internal sealed partial class RequestLog(RequestDelegate next, ILogger<RequestLog> logger, IOptions<LogOptions> options)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!options.Value.Requests || context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        var started = Stopwatch.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            LogRequest(
                context.Request.Method,
                context.Request.Path,
                context.Response.StatusCode,
                Stopwatch.GetElapsedTime(started).TotalMilliseconds,
                context.User.FindFirst(ApiKeyClaims.KeyId)?.Value ?? "-");
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Method} {Path} answered {StatusCode} in {ElapsedMs:0.0} ms for key {KeyId}")]
    private partial void LogRequest(string method, string path, int statusCode, double elapsedMs, string keyId);
}
