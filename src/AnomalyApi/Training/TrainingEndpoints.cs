using AnomalyApi.Platform.OpenApi;
using AnomalyApi.Platform.Problems;
using AnomalyApi.Scoring;
using AnomalyApi.Security;
using AnomalyApi.Storage.Stores;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Training;

/// <summary>Making models by hand.</summary>
internal static class TrainingEndpoints
{
    private const int ListLength = 100;

    public static void MapTrainings(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/trainings").WithTags("Trainings").RequireAuthorization(Roles.Reader).WithStandardProblems();
        group.MapGet("/", ListAsync).WithSummary("List the latest trainings");
        group.MapPost("/", StartAsync).WithSummary("Start a training").RequireAuthorization(Roles.Operator)
            .WithBodyExample("""{"kind":"fit","window_hours":168,"sample_size":100000,"detector":"isolation-forest","options":{"trees":100},"threshold":30,"seed":1,"activate":"always"}""");
        group.MapGet("/{id}", GetAsync).WithSummary("How far is a training?").WithProblems(404);
        group.MapDelete("/{id}", CancelAsync).WithSummary("Cancel a training").WithProblems(404, 409).RequireAuthorization(Roles.Operator);
    }

    /// <remarks>The latest 100, newest first.</remarks>
    private static async Task<Ok<IReadOnlyList<TrainingView>>> ListAsync(TrainingStore trainings, CancellationToken cancellationToken)
    {
        var rows = await trainings.ListAsync(before: null, ListLength, cancellationToken);
        return TypedResults.Ok<IReadOnlyList<TrainingView>>([.. rows.Select(TrainingView.Of)]);
    }

    /// <remarks>Answers at once; follow the Location header. Trainings run one after another. An empty object takes every default.</remarks>
    private static async Task<Results<Accepted<TrainingView>, ProblemHttpResult>> StartAsync(
        TrainingRequest request, HttpContext http, TrainingQueue queue, IOptions<TrainingOptions> training, IOptions<ScoringOptions> scoring,
        CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>();
        if (TrainingPlan.Of(request, training.Value, scoring.Value, errors) is null)
        {
            return Problems.InvalidParameters(errors);
        }

        if (await queue.IsFullAsync(cancellationToken))
        {
            return Problems.Conflict(
                "too-many-trainings", "Too many trainings wait", $"{TrainingQueue.MaxWaiting} trainings wait for their turn. Cancel some, or come back when they have run.");
        }

        var row = await queue.AddAsync(request, "manual", http.User.Identity?.Name ?? "-", cancellationToken);
        return TypedResults.Accepted($"/v1/trainings/{row.Id}", TrainingView.Of(row));
    }

    /// <param name="id" example="01924b1c-7f4e-7a3b-9c2d-5e6f708192a3">Id of the training.</param>
    private static async Task<Results<Ok<TrainingView>, ProblemHttpResult>> GetAsync(
        string id, TrainingStore trainings, CancellationToken cancellationToken) =>
        await trainings.GetAsync(id, cancellationToken) is { } row ? TypedResults.Ok(TrainingView.Of(row)) : Unknown(id);

    /// <remarks>A training that waits ends at once, one that runs within a second or two. The live model stays as it is.</remarks>
    /// <param name="id" example="01924b1c-7f4e-7a3b-9c2d-5e6f708192a3">Id of the training.</param>
    private static async Task<Results<Accepted<TrainingView>, ProblemHttpResult>> CancelAsync(
        string id, TrainingStore trainings, CancellationToken cancellationToken)
    {
        if (await trainings.GetAsync(id, cancellationToken) is null)
        {
            return Unknown(id);
        }

        var wasOpen = await trainings.RequestCancelAsync(id, cancellationToken);
        var row = (await trainings.GetAsync(id, cancellationToken))!;
        return wasOpen
            ? TypedResults.Accepted($"/v1/trainings/{id}", TrainingView.Of(row))
            : Problems.Conflict("training-ended", "The training has ended", $"Training {id} is {row.Status}; only one that waits or runs can be cancelled.");
    }

    private static ProblemHttpResult Unknown(string id) =>
        Problems.NotFound($"There is no training '{ErrorText.Shorten(id)}'. GET /v1/trainings lists the latest.");
}
