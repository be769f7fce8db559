using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace AnomalyApi.Platform.Problems;

/// <summary>Every error this API answers by its own decision (RFC 9457). The type is stable; the detail is for people.</summary>
internal static class Problems
{
    public static ProblemHttpResult EmptyBody() =>
        Of(StatusCodes.Status400BadRequest, "empty-body", "The body is empty", "Send at least one flow.");

    public static ProblemHttpResult UnreadableBody(string detail) =>
        Of(StatusCodes.Status400BadRequest, "unreadable-body", "The body cannot be read", detail);

    public static ProblemHttpResult InvalidParameters(IDictionary<string, string[]> errors) =>
        TypedResults.Problem(new HttpValidationProblemDetails(errors)
        {
            Status = StatusCodes.Status400BadRequest,
            Type = TypeOf("invalid-parameter"),
            Title = "A parameter is not allowed",
            Detail = string.Join(" ", errors.SelectMany(error => error.Value.Select(text => $"{error.Key}: {text}"))),
        });

    public static ProblemHttpResult NotFound(string detail) =>
        Of(StatusCodes.Status404NotFound, "not-found", "Not found", detail);

    public static ProblemHttpResult Conflict(string type, string title, string detail) =>
        Of(StatusCodes.Status409Conflict, type, title, detail);

    public static ProblemHttpResult UnsupportedMediaType(string? contentType, IEnumerable<string> allowed) =>
        Of(
            StatusCodes.Status415UnsupportedMediaType,
            "unsupported-media-type",
            "The content type is not supported",
            $"'{ErrorText.Shorten(contentType ?? "(none)")}' is not one of: {string.Join(", ", allowed)}.");

    public static ProblemHttpResult NotMultipart(string field) =>
        Of(
            StatusCodes.Status415UnsupportedMediaType,
            "unsupported-media-type",
            "The content type is not supported",
            $"Send the file as multipart/form-data with a boundary, in a field named '{field}'. A body of flows by itself goes to POST /v1/flows.");

    public static ProblemHttpResult UnknownFormat() =>
        Of(
            StatusCodes.Status415UnsupportedMediaType,
            "unknown-format",
            "The format of the body is not recognised",
            $"Its first bytes fit none of: {Flows.Formats.FlowFormatCatalog.Names}. Name its format in Content-Type.");

    public static ProblemHttpResult UnsupportedContentEncoding(string encoding, IEnumerable<string> allowed) =>
        Of(
            StatusCodes.Status415UnsupportedMediaType,
            "unsupported-content-encoding",
            "The content encoding is not supported",
            $"'{encoding}' is not one of: {string.Join(", ", allowed)}.");

    public static ProblemHttpResult NoSpace() =>
        Of(StatusCodes.Status507InsufficientStorage, "no-space", "The disk is full", "There is no room for the file in the data directory of the service. Nothing of it was kept.");

    public static ProblemHttpResult TooManyFlows(string detail) =>
        Of(StatusCodes.Status413PayloadTooLarge, "too-many-flows", "The batch holds too many flows", detail);

    public static ProblemHttpResult KeyReused() =>
        Of(
            StatusCodes.Status422UnprocessableEntity,
            "idempotency-key-reused",
            "The idempotency key was used for another body",
            "A key stands for one body. Send the first body again to get its answer, or choose a new key.");

    public static ProblemHttpResult NothingAccepted(int received, IReadOnlyList<Flows.Formats.FlowRejection> rejections)
    {
        var problem = Details(
            StatusCodes.Status422UnprocessableEntity,
            "no-flow-accepted",
            "No line of the body is a flow",
            $"{(received == 1 ? "The only line was" : $"All {received.ToString(CultureInfo.InvariantCulture)} lines were")} rejected, so nothing was taken. The first: {rejections[0].Reason}");
        problem.Extensions["received"] = received;
        problem.Extensions["rejections"] = rejections;
        return TypedResults.Problem(problem);
    }

    public static IResult Overloaded(string detail, TimeSpan retryAfter) =>
        new RetryLater(Details(StatusCodes.Status503ServiceUnavailable, "overloaded", "The service is busy", detail), retryAfter);

    public static IResult StorageUnavailable(TimeSpan retryAfter) =>
        new RetryLater(
            Details(
                StatusCodes.Status503ServiceUnavailable,
                "storage-unavailable",
                "The database cannot be reached",
                "Nothing of this request is known to be stored. Send it again; with an Idempotency-Key it never counts twice."),
            retryAfter);

    public static ProblemDetails Details(int status, string type, string title, string detail) =>
        new() { Status = status, Type = TypeOf(type), Title = title, Detail = detail };

    public static string TypeOf(string name) => $"urn:anomaly-api:problem:{name}";

    private static ProblemHttpResult Of(int status, string type, string title, string detail) =>
        TypedResults.Problem(Details(status, type, title, detail));
}
