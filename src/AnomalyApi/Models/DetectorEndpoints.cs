using AnomalyApi.Detection;
using AnomalyApi.Platform.OpenApi;
using AnomalyApi.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AnomalyApi.Models;

/// <summary>What a training may be asked to fit.</summary>
internal static class DetectorEndpoints
{
    public static void MapDetectors(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/detectors").WithTags("Models").RequireAuthorization(Roles.Reader).WithStandardProblems();
        group.MapGet("/", List).WithSummary("List the detectors and their options");
    }

    /// <remarks>Names and options for <c>POST /v1/trainings</c>.</remarks>
    private static Ok<IReadOnlyList<DetectorView>> List() =>
        TypedResults.Ok<IReadOnlyList<DetectorView>>([.. DetectorCatalog.All.Select(DetectorView.Of)]);
}
