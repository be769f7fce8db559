using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace AnomalyApi.Platform.OpenApi;

/// <summary>Documents the file and the query of a call that takes a file, so that Swagger UI shows a file picker.</summary>
internal sealed class FileOperationFilter : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        if (context.ApiDescription.ActionDescriptor.EndpointMetadata.OfType<EndpointDocs.FileBody>().FirstOrDefault() is not { } body)
        {
            return;
        }

        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "The file: a packet capture, a flow log, an export or a CSV, also packed with gzip.",
            Content = new Dictionary<string, IOpenApiMediaType>
            {
                ["multipart/form-data"] = new OpenApiMediaType
                {
                    Schema = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Required = new HashSet<string> { body.Field },
                        Properties = new Dictionary<string, IOpenApiSchema>
                        {
                            [body.Field] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
                        },
                    },
                },
            },
        };
        operation.Parameters =
        [
            Query("sensor", "Sensor of the flows that do not name one; at most 255 characters."),
            Query("format", $"Name of the file's format, where its first bytes do not tell: {Flows.Formats.FlowFormatCatalog.Names}."),
            Query("map", "Which column of a CSV file is which, where its header does not say: field=Column[:unit],... such as start=Timestamp:ms,src_ip=Client."),
        ];
    }

    private static OpenApiParameter Query(string name, string description) => new()
    {
        Name = name,
        In = ParameterLocation.Query,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };
}
