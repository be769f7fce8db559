using AnomalyApi.Detection.Files;
using AnomalyApi.Platform.OpenApi;
using AnomalyApi.Platform.Problems;
using AnomalyApi.Security;
using AnomalyApi.Storage.Stores;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AnomalyApi.Models;

/// <summary>The model registry: which models there are, which one scores, and swapping it live.</summary>
internal static class ModelEndpoints
{
    private const int HistoryLength = 20;

    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/models").WithTags("Models").RequireAuthorization(Roles.Reader).WithStandardProblems();
        group.MapGet("/", ListAsync).WithSummary("List the models");
        group.MapGet("/active", ActiveAsync).WithSummary("The model that scores now").WithProblems(404);
        group.MapGet("/{version:int}", GetAsync).WithSummary("One model").WithProblems(404);
        group.MapPost("/{version:int}/activation", ActivateAsync).WithSummary("Make a model live").WithProblems(404, 409)
            .RequireAuthorization(Roles.Operator);
        group.MapPost("/rollback", RollbackAsync).WithSummary("Make the model live that was live before").WithProblems(404, 409)
            .RequireAuthorization(Roles.Operator);
    }

    /// <remarks>All models, newest first.</remarks>
    private static async Task<Ok<IReadOnlyList<ModelView>>> ListAsync(ModelStore models, CancellationToken cancellationToken)
    {
        var active = await models.ActiveAsync(ModelNames.Default, cancellationToken);
        var rows = await models.ListAsync(ModelNames.Default, cancellationToken);
        return TypedResults.Ok<IReadOnlyList<ModelView>>([.. rows.Select(row => ModelView.Of(row, active?.Version))]);
    }

    /// <remarks>With the latest activations, so that everybody sees who swapped what and when.</remarks>
    private static async Task<Results<Ok<ActiveModelView>, ProblemHttpResult>> ActiveAsync(ModelStore models, CancellationToken cancellationToken)
    {
        var history = await models.HistoryAsync(ModelNames.Default, HistoryLength, cancellationToken);
        if (history.Count == 0 || await models.GetAsync(history[0].Version, cancellationToken) is not { } row)
        {
            return Problems.NotFound("No model is live yet: the first is trained by itself as soon as enough flows are stored.");
        }

        return TypedResults.Ok(new ActiveModelView(
            ModelView.Of(row, row.Version), ActivationView.Of(history[0]), [.. history.Skip(1).Select(ActivationView.Of)]));
    }

    /// <param name="version" example="1">Version of the model.</param>
    private static async Task<Results<Ok<ModelView>, ProblemHttpResult>> GetAsync(
        int version, ModelStore models, CancellationToken cancellationToken)
    {
        var active = await models.ActiveAsync(ModelNames.Default, cancellationToken);
        return await models.GetAsync(version, cancellationToken) is { } row
            ? TypedResults.Ok(ModelView.Of(row, active?.Version))
            : UnknownVersion(version);
    }

    /// <remarks>Batches in progress end with the model they began with; every later one is scored by this version. No request fails.</remarks>
    /// <param name="version" example="1">Version of the model.</param>
    private static async Task<Results<Ok<ModelView>, ProblemHttpResult>> ActivateAsync(
        int version, HttpContext http, ModelStore models, ModelActivator activator, CancellationToken cancellationToken) =>
        await MakeLiveAsync(version, "activated", http, models, activator, cancellationToken);

    /// <remarks>Goes back to the model that was live before the one that is live now.</remarks>
    private static async Task<Results<Ok<ModelView>, ProblemHttpResult>> RollbackAsync(
        HttpContext http, ModelStore models, ModelActivator activator, CancellationToken cancellationToken)
    {
        if (await models.PreviousAsync(ModelNames.Default, cancellationToken) is not { } previous)
        {
            return Problems.Conflict("no-earlier-model", "There is no earlier model", "No other model was live before this one, so there is nothing to go back to.");
        }

        return await MakeLiveAsync(previous.Version, "rolled back", http, models, activator, cancellationToken);
    }

    private static async Task<Results<Ok<ModelView>, ProblemHttpResult>> MakeLiveAsync(
        int version, string reason, HttpContext http, ModelStore models, ModelActivator activator, CancellationToken cancellationToken)
    {
        try
        {
            if (!await activator.ActivateAsync(version, http.User.Identity?.Name ?? "-", reason, cancellationToken))
            {
                return UnknownVersion(version);
            }
        }
        catch (ModelFileException e)
        {
            return Problems.Conflict("model-unreadable", "The model cannot be loaded", $"{e.Message} The live model stays as it is.");
        }

        var row = await models.GetAsync(version, cancellationToken);
        return row is null ? UnknownVersion(version) : TypedResults.Ok(ModelView.Of(row, version));
    }

    private static ProblemHttpResult UnknownVersion(int version) =>
        Problems.NotFound($"There is no model {version}. GET /v1/models lists the versions there are.");
}
