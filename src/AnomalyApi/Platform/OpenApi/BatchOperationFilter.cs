using System.Text.Json.Nodes;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Ingest;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace AnomalyApi.Platform.OpenApi;

/// <summary>Documents the body, query and headers of the calls that take flows in any format, which the framework cannot see.</summary>
internal sealed class BatchOperationFilter : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        if (context.ApiDescription.ActionDescriptor.EndpointMetadata.OfType<EndpointDocs.BatchBody>().FirstOrDefault() is not { } body)
        {
            return;
        }

        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "Flows in the format that Content-Type names; with application/octet-stream or none the first bytes tell, also through gzip. "
                + "Content-Encoding gzip and br are understood.",
            Content = FlowFormatCatalog.MediaTypes.Append(BatchRequest.AnyFormat).ToDictionary(type => type, FlowExamples.ContentOf),
        };
        operation.Parameters = [.. Parameters(body.IsStored)];
        foreach (var (status, answer) in operation.Responses ?? [])
        {
            if (status == "200" && answer is OpenApiResponse ok)
            {
                ok.Headers = new Dictionary<string, IOpenApiHeader>
                {
                    [BatchResult.ModelVersionHeader] = Header("The one version that scored the batch; absent while the first model is being learned."),
                };
                if (body.IsStored)
                {
                    ok.Headers[BatchResult.ReplayHeader] = Header("true when this is the first answer to the same idempotency key.");
                }
            }
        }
    }

    private static IEnumerable<IOpenApiParameter> Parameters(bool isStored)
    {
        yield return Parameter("scores", ParameterLocation.Query, "What the answer says about scores: none, anomalies (the default) or all.", ["none", "anomalies", "all"]);
        yield return Parameter("sensor", ParameterLocation.Query, "Sensor of the flows that do not name one; at most 255 characters.");
        yield return Parameter("map", ParameterLocation.Query, "Which column of a text/csv body is which, where its header does not say: field=Column[:unit],... such as start=Timestamp:ms,src_ip=Client.");
        if (isStored)
        {
            yield return Parameter("batch_id", ParameterLocation.Query, "The sensor's own number of this batch: protects a retry like an idempotency key.");
            yield return Parameter(BatchRequest.KeyHeader, ParameterLocation.Header, "The same key and body give the first answer again; the same key with another body is 422.");
        }
    }

    private static OpenApiParameter Parameter(string name, ParameterLocation place, string description, string[]? choices = null) => new()
    {
        Name = name,
        In = place,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = choices?.Select(choice => (JsonNode)JsonValue.Create(choice)!).ToList() },
    };

    private static OpenApiHeader Header(string description) =>
        new() { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
}
