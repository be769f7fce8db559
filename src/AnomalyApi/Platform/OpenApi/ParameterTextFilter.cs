using System.ComponentModel;
using System.Reflection;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace AnomalyApi.Platform.OpenApi;

/// <summary>Takes the texts of query parameters that are bound as a group from their <see cref="DescriptionAttribute"/>.</summary>
internal sealed class ParameterTextFilter : IParameterFilter
{
    public void Apply(IOpenApiParameter parameter, ParameterFilterContext context)
    {
        if (parameter is OpenApiParameter writable && context.PropertyInfo?.GetCustomAttribute<DescriptionAttribute>() is { } text)
        {
            writable.Description = text.Description;
        }
    }
}
