using AnomalyApi.Flows.Formats;
using AnomalyApi.Ingest;
using AnomalyApi.Platform;
using AnomalyApi.Platform.OpenApi;
using AnomalyApi.Platform.Problems;
using AnomalyApi.Security;
using AnomalyApi.Storage.Stores;
using AnomalyApi.Traffic;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Captures;

/// <summary>Where whole files are handed in.</summary>
internal static class CaptureEndpoints
{
    private const int ListLength = 100;

    // Boundaries, part headers and small fields around the file.
    private const int EnvelopeBytes = 64 * 1024;

    private static readonly string[] QueryParameters = ["sensor", "format", "map"];

    public static void MapCaptures(this IEndpointRouteBuilder routes)
    {
        var limit = routes.ServiceProvider.GetRequiredService<IOptions<CaptureOptions>>().Value.MaxBytes;
        var group = routes.MapGroup("/v1/captures").WithTags("Captures").RequireAuthorization().WithStandardProblems();
        group.MapPost("/", HandInAsync).WithSummary("Hand in a file of any format, to be read in the background").RequireAuthorization(Roles.Sensor)
            .WithProblems(409, 413, 415, 507).WithMetadata(new BodyLimit(limit + EnvelopeBytes, "Captures:MaxBytes"), new EndpointDocs.FileBody(CaptureUpload.Field));
        group.MapGet("/", ListAsync).WithSummary("List the latest captures").RequireAuthorization(Roles.Reader);
        group.MapGet("/{id}", GetAsync).WithSummary("How far is a capture, and what was in it?").WithProblems(404).RequireAuthorization(Roles.Reader);
        group.MapDelete("/{id}", CancelAsync).WithSummary("Stop reading a capture").WithProblems(404, 409).RequireAuthorization(Roles.Sensor);
    }

    /// <remarks>
    /// Packet captures, flow logs, exports, gzip around any of them: what the file is, its first bytes tell, unless <c>format</c> does. Answers when the file is safe on the disk; follow the
    /// Location header. Its flows are scored and stored like those of <c>POST /v1/flows</c>, ten thousand at a time, and a restart goes on where it was.
    /// </remarks>
    private static async Task<Results<Accepted<CaptureView>, ProblemHttpResult>> HandInAsync(
        HttpContext http, CaptureInbox inbox, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>();
        QueryNames.RefuseOthers(http.Request, QueryParameters, errors);
        var sensor = BatchRequest.Name(http.Request.Query["sensor"], "sensor", errors);
        var map = BatchRequest.Name(http.Request.Query["map"], "map", errors, BatchRequest.MaxMapLength);
        var format = BatchRequest.Name(http.Request.Query["format"], "format", errors) ?? (map is null ? null : BatchRequest.MappedFormat);
        if (format is not null && FlowFormatCatalog.FindByName(format) is null)
        {
            errors["format"] = [$"'{ErrorText.Shorten(format)}' is not one of: {FlowFormatCatalog.Names}."];
        }
        else if (map is not null && format != BatchRequest.MappedFormat)
        {
            errors["map"] = [$"names the columns of {BatchRequest.MappedFormat}, and the format is {format}."];
        }

        if (errors.Count > 0)
        {
            return Problems.InvalidParameters(errors);
        }

        var (row, problem) = await inbox.TakeAsync(http.Request, new CaptureWishes(sensor, format, map), http.User.Identity?.Name ?? "-", cancellationToken);
        return row is null ? problem! : TypedResults.Accepted($"/v1/captures/{row.Id}", CaptureView.Of(row));
    }

    /// <remarks>The latest 100, newest first.</remarks>
    private static async Task<Ok<IReadOnlyList<CaptureView>>> ListAsync(CaptureStore captures, CancellationToken cancellationToken)
    {
        var rows = await captures.ListAsync(ListLength, cancellationToken);
        return TypedResults.Ok<IReadOnlyList<CaptureView>>([.. rows.Select(CaptureView.Of)]);
    }

    /// <param name="id" example="01924b1c-7f4e-7a3b-9c2d-5e6f708192a3">Id of the capture.</param>
    private static async Task<Results<Ok<CaptureView>, ProblemHttpResult>> GetAsync(string id, CaptureStore captures, CancellationToken cancellationToken) =>
        await captures.GetAsync(id, cancellationToken) is { } row ? TypedResults.Ok(CaptureView.Of(row)) : Unknown(id);

    /// <remarks>What was read until then stays stored.</remarks>
    /// <param name="id" example="01924b1c-7f4e-7a3b-9c2d-5e6f708192a3">Id of the capture.</param>
    private static async Task<Results<Accepted<CaptureView>, ProblemHttpResult>> CancelAsync(
        string id, CaptureInbox inbox, CaptureStore captures, CancellationToken cancellationToken)
    {
        if (await captures.GetAsync(id, cancellationToken) is null)
        {
            return Unknown(id);
        }

        var wasOpen = await inbox.CancelAsync(id, cancellationToken);
        var row = (await captures.GetAsync(id, cancellationToken))!;
        return wasOpen
            ? TypedResults.Accepted($"/v1/captures/{id}", CaptureView.Of(row))
            : Problems.Conflict("capture-ended", "The capture has ended", $"Capture {id} is {row.Status}; only one that waits or is being read can be stopped.");
    }

    private static ProblemHttpResult Unknown(string id) =>
        Problems.NotFound($"There is no capture '{ErrorText.Shorten(id)}'. GET /v1/captures lists the latest.");
}
