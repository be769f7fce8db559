using System.Text.Json.Nodes;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Ingest;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace AnomalyApi.Platform.OpenApi;

/// <summary>Documents the body, query and headers of the calls that take flows in any format, which the framework cannot see.</summary>
internal sealed class BatchOperationFilter : IOperationFilter
{
    private const string NativeFlow =
        """{"start":1785830400.25,"duration":0.42,"src_ip":"10.0.0.5","dst_ip":"192.0.2.80","src_port":50112,"dst_port":443,"protocol":"tcp","fwd_packets":8,"rev_packets":10,"fwd_bytes":940,"rev_bytes":12210,"tcp_flags":"SAFP","state":"SF","service":"ssl","sensor":"office-1"}""";

    private const string SecondFlow =
        """{"start":"2026-08-04T08:00:01.5Z","src_ip":"10.0.0.5","dst_ip":"10.0.0.53","src_port":40001,"dst_port":53,"protocol":"udp","fwd_packets":1,"rev_packets":1,"fwd_bytes":68,"rev_bytes":132,"state":"SF","service":"dns"}""";

    private const string ZeekLog =
        "#separator \\x09\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\n"
        + "1785830400.25\tCexample1\t10.0.0.5\t50112\t192.0.2.80\t443\ttcp\tssl\t0.42\t520\t11690\tSF\t8\t940\t10\t12210\n";

    private const string EveEvent =
        """{"timestamp":"2026-08-04T10:00:04.000000+0200","flow_id":1001,"event_type":"flow","src_ip":"10.0.0.5","src_port":50112,"dest_ip":"192.0.2.80","dest_port":443,"proto":"TCP","app_proto":"tls","flow":{"pkts_toserver":8,"pkts_toclient":10,"bytes_toserver":1052,"bytes_toclient":12350,"start":"2026-08-04T10:00:00.250000+0200","end":"2026-08-04T10:00:00.670000+0200","state":"closed"},"tcp":{"tcp_flags":"1b","tcp_flags_ts":"1b","tcp_flags_tc":"1b"}}""";

    private const string ArgusFlows =
        "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,SrcPkts,Label\n"
        + "2026/08/04 08:00:00.250000,0.420000,tcp,10.0.0.5,50112,   ->,192.0.2.80,443,FSPA_FSPA,0,0,18,13402,1052,8,\n";

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
            Content = FlowFormatCatalog.MediaTypes.Append(BatchRequest.AnyFormat).ToDictionary(type => type, ContentOf),
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

    private static IOpenApiMediaType ContentOf(string mediaType) => mediaType switch
    {
        "application/json" => new OpenApiMediaType
        {
            Schema = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.Object } },
            Example = JsonNode.Parse($"[{NativeFlow},{SecondFlow}]"),
        },
        "application/x-zeek-conn" => Text(ZeekLog),
        "text/x-argus-binetflow" => Text(ArgusFlows),
        "application/x-suricata-eve" => Text(EveEvent + "\n"),
        "application/x-ndjson" or "application/ndjson" or "application/jsonl" => Text($"{NativeFlow}\n{SecondFlow}\n"),
        _ => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
    };

    private static OpenApiMediaType Text(string example) =>
        new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String }, Example = JsonValue.Create(example) };

    private static IEnumerable<IOpenApiParameter> Parameters(bool isStored)
    {
        yield return Parameter("scores", ParameterLocation.Query, "What the answer says about scores: none, anomalies (the default) or all.", ["none", "anomalies", "all"]);
        yield return Parameter("sensor", ParameterLocation.Query, "Sensor of the flows that do not name one; at most 255 characters.");
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
