using AnomalyApi.Ingest;
using AnomalyApi.Models;
using AnomalyApi.Scoring;
using AnomalyApi.Storage;

namespace AnomalyApi.Platform.Health;

/// <summary>Probes for orchestrators.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/health").WithTags("Health").AllowAnonymous().DisableRateLimiting();
        group.MapGet("/live", Live).WithSummary("Is the process alive?");
        group.MapGet("/ready", ReadyAsync).WithSummary("Can the service take flows?")
            .Produces<HealthReport>(StatusCodes.Status200OK)
            .Produces<HealthReport>(StatusCodes.Status503ServiceUnavailable);
    }

    /// <remarks>Answers as long as the process can answer at all; restart it when this fails.</remarks>
    private static HealthReport Live() => new("alive", null, null, null);

    /// <remarks>Asks the database. The model's state is told but does not make the service unready: flows are stored while it learns.</remarks>
    private static async Task<IResult> ReadyAsync(
        DatabaseProbe probe, StorageDatabase database, ModelSlot slot, LearningProgress learning, ModelActivator activator,
        CancellationToken cancellationToken)
    {
        var isReachable = await probe.IsThereAsync(cancellationToken);
        var model = new ModelHealth(slot.Snapshot()?.Version, learning.Current(), activator.Fault);
        var report = new HealthReport(isReachable ? "ready" : "unready", database.ProviderName, isReachable, model);
        return TypedResults.Json(report, statusCode: isReachable ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>What a probe is told.</summary>
    /// <param name="Status">alive, ready or unready.</param>
    /// <param name="Storage">Which storage provider is in use.</param>
    /// <param name="StorageReachable">Whether it answers.</param>
    /// <param name="Model">Whether flows are scored.</param>
    internal sealed record HealthReport(string Status, string? Storage, bool? StorageReachable, ModelHealth? Model);

    /// <summary>The state of scoring.</summary>
    /// <param name="ActiveVersion">The live model; null while the first is being learned.</param>
    /// <param name="Learning">How far the service is from its first model.</param>
    /// <param name="Fault">Why the model that the registry chose is not live here.</param>
    internal sealed record ModelHealth(int? ActiveVersion, LearningStatus Learning, string? Fault);
}
