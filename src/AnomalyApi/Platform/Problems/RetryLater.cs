using System.Globalization;
using Microsoft.AspNetCore.Mvc;

namespace AnomalyApi.Platform.Problems;

/// <summary>A problem that goes away by itself: the answer says when to come back (RFC 9110, section 10.2.3).</summary>
internal sealed class RetryLater(ProblemDetails problem, TimeSpan retryAfter) : IResult
{
    /// <summary>When to come back after an outage of the database, where no setting says otherwise.</summary>
    public static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(5);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        SetHeader(httpContext, retryAfter);
        return TypedResults.Problem(problem).ExecuteAsync(httpContext);
    }

    public static void SetHeader(HttpContext httpContext, TimeSpan retryAfter) =>
        httpContext.Response.Headers.RetryAfter =
            Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
