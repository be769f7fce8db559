using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace AnomalyApi.Platform.OpenApi;

/// <summary>Shows enums as the words they are on the wire.</summary>
internal sealed class EnumTextFilter : ISchemaFilter
{
    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (schema is OpenApiSchema writable && context.Type.IsEnum)
        {
            writable.Type = JsonSchemaType.String;
            writable.Format = null;
            writable.Enum = [.. Enum.GetNames(context.Type).Select(name => (JsonNode)JsonValue.Create(JsonNamingPolicy.SnakeCaseLower.ConvertName(name))!)];
        }
    }
}
