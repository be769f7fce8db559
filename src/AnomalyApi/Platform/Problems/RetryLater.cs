using System.Globalization;
using Microsoft.AspNetCore.Mvc;

namespace AnomalyApi.Platform.Problems;

/// <summary>A problem that goes away by itself: the answer says when to come back (RFC 9110, section 10.2.3).</summary>
internal sealed class RetryLater(ProblemDetails problem, TimeSpan retryAfter) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        SetHeader(httpContext, retryAfter);
        return TypedResults.Problem(problem).ExecuteAsync(httpContext);
    }

    public static void SetHeader(HttpContext httpContext, TimeSpan retryAfter) =>
        httpContext.Response.Headers.RetryAfter =
            Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
