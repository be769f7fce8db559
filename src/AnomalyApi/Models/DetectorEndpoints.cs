using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
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
        TypedResults.Ok<IReadOnlyList<DetectorView>>([.. DetectorCatalog.All.Select(View)]);

    private static DetectorView View(DetectorDescriptor descriptor)
    {
        var defaults = Activator.CreateInstance(descriptor.OptionsType);
        return new DetectorView(descriptor.Name, descriptor.Labels, [.. descriptor.OptionsType.GetProperties().Where(property => property.CanWrite).Select(property =>
        {
            var range = property.GetCustomAttribute<RangeAttribute>();
            return new DetectorOptionView(
                JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name), property.GetValue(defaults), range?.Minimum, range?.Maximum, Choices(property.PropertyType));
        })]);
    }

    private static string[]? Choices(Type type) =>
        type.IsEnum ? Array.ConvertAll(Enum.GetNames(type), JsonNamingPolicy.SnakeCaseLower.ConvertName) : null;
}
