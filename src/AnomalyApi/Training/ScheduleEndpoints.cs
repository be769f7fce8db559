using AnomalyApi.Platform.OpenApi;
using AnomalyApi.Platform.Problems;
using AnomalyApi.Scoring;
using AnomalyApi.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Training;

/// <summary>When trainings run by themselves.</summary>
internal static class ScheduleEndpoints
{
    private const int MaxNameLength = 64;

    public static void MapSchedules(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/schedules").WithTags("Schedules").RequireAuthorization(Roles.Reader).WithStandardProblems();
        group.MapGet("/", ListAsync).WithSummary("List the schedules");
        group.MapGet("/{name}", GetAsync).WithSummary("One schedule and its next five runs").WithProblems(404);
        group.MapPut("/{name}", PutAsync).WithSummary("Make or replace a schedule").RequireAuthorization(Roles.Operator)
            .WithBodyExample("""{"cron":"0 3 * * *","time_zone":"UTC","paused":false,"training":{"kind":"fit","window_hours":168,"activate":"always"}}""");
        group.MapDelete("/{name}", DeleteAsync).WithSummary("Delete a schedule").WithProblems(404).RequireAuthorization(Roles.Operator);
    }

    private static async Task<Ok<IReadOnlyList<ScheduleView>>> ListAsync(
        ScheduleService schedules, TimeProvider time, CancellationToken cancellationToken)
    {
        var rows = await schedules.ListAsync(cancellationToken);
        return TypedResults.Ok<IReadOnlyList<ScheduleView>>([.. rows.Select(row => ScheduleView.Of(row, time.GetUtcNow()))]);
    }

    /// <param name="name" example="nightly">Name of the schedule.</param>
    private static async Task<Results<Ok<ScheduleView>, ProblemHttpResult>> GetAsync(
        string name, ScheduleService schedules, TimeProvider time, CancellationToken cancellationToken) =>
        await schedules.GetAsync(name, cancellationToken) is { } row ? TypedResults.Ok(ScheduleView.Of(row, time.GetUtcNow())) : Unknown(name);

    /// <remarks>
    /// Takes effect within Training:PollInterval. A time that passes while the service is down is made up for by one run. To pause, put it with
    /// <c>paused</c>.
    /// </remarks>
    /// <param name="name" example="nightly">Name of the schedule: 1 to 64 letters, digits, dots, dashes and underscores.</param>
    private static async Task<Results<Ok<ScheduleView>, ProblemHttpResult>> PutAsync(
        string name, ScheduleRequest request, ScheduleService schedules, IOptions<TrainingOptions> training, IOptions<ScoringOptions> scoring,
        TimeProvider time, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>();
        if (name.Length > MaxNameLength || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            errors["name"] = [$"must have 1 to {MaxNameLength} letters, digits, dots, dashes and underscores."];
        }

        if (ScheduleCron.Read(request.Cron, request.TimeZone, errors) is { } cron && ScheduleCron.Next(cron, time.GetUtcNow(), 1).Count == 0)
        {
            errors["cron"] = [$"'{ErrorText.Shorten(request.Cron)}' never fires again."];
        }

        TrainingPlan.Of(request.Training, training.Value, scoring.Value, errors);
        return errors.Count > 0
            ? Problems.InvalidParameters(errors)
            : TypedResults.Ok(ScheduleView.Of(await schedules.PutAsync(name, request, cancellationToken), time.GetUtcNow()));
    }

    /// <param name="name" example="nightly">Name of the schedule.</param>
    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string name, ScheduleService schedules, CancellationToken cancellationToken) =>
        await schedules.DeleteAsync(name, cancellationToken) ? TypedResults.NoContent() : Unknown(name);

    private static ProblemHttpResult Unknown(string name) =>
        Problems.NotFound($"There is no schedule '{ErrorText.Shorten(name)}'. GET /v1/schedules lists those there are.");
}
