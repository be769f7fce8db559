using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace AnomalyApi.Platform.OpenApi;

/// <summary>What "Try it out" begins with for each format that is text; the others are picked from the disk.</summary>
internal static class FlowExamples
{
    private const string NativeFlow =
        """{"start":1785830400.25,"duration":0.42,"src_ip":"10.0.0.5","dst_ip":"192.0.2.80","src_port":50112,"dst_port":443,"protocol":"tcp","fwd_packets":8,"rev_packets":10,"fwd_bytes":940,"rev_bytes":12210,"tcp_flags":"SAFP","state":"SF","service":"ssl","sensor":"office-1"}""";

    private const string SecondFlow =
        """{"start":"2026-08-04T08:00:01.5Z","src_ip":"10.0.0.5","dst_ip":"10.0.0.53","src_port":40001,"dst_port":53,"protocol":"udp","fwd_packets":1,"rev_packets":1,"fwd_bytes":68,"rev_bytes":132,"state":"SF","service":"dns"}""";

    private const string ZeekLog =
        "#separator \\x09\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\n"
        + "1785830400.25\tCexample1\t10.0.0.5\t50112\t192.0.2.80\t443\ttcp\tssl\t0.42\t520\t11690\tSF\t8\t940\t10\t12210\n";

    private const string EveLog =
        """
        {"timestamp":"2026-08-04T10:00:03.100000+0200","flow_id":1001,"in_iface":"eth1","event_type":"flow","src_ip":"10.0.0.5","src_port":50112,"dest_ip":"192.0.2.80","dest_port":443,"proto":"TCP","app_proto":"tls","flow":{"pkts_toserver":8,"pkts_toclient":10,"bytes_toserver":940,"bytes_toclient":12210,"start":"2026-08-04T10:00:00.250000+0200","end":"2026-08-04T10:00:00.670000+0200","age":0,"state":"closed","reason":"timeout","alerted":false},"tcp":{"tcp_flags":"1b","tcp_flags_ts":"1b","tcp_flags_tc":"1b"}}

        """;

    private const string Binetflow =
        "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,SrcPkts,Label\n"
        + "2026/08/04 08:00:00.250000,0.420000,tcp,10.0.0.5,50112,   ->,192.0.2.80,443,FSPA_FSPA,0,0,18,13150,940,8,\n";

    private const string Csv =
        "Src IP,Src Port,Dst IP,Dst Port,Protocol,Timestamp,Flow Duration,Total Fwd Packet,Total Bwd packets,Total Length of Fwd Packet,Total Length of Bwd Packet,Label\n"
        + "10.0.0.5,50112,192.0.2.80,443,6,2026-08-04 08:00:00,420000,8,10,520,11690,BENIGN\n";

    /// <summary>The schema of a media type, and an example that is accepted as it stands.</summary>
    public static IOpenApiMediaType ContentOf(string mediaType) => mediaType switch
    {
        "application/json" => new OpenApiMediaType
        {
            Schema = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.Object } },
            Example = JsonNode.Parse($"[{NativeFlow},{SecondFlow}]"),
        },
        "application/x-ndjson" or "application/ndjson" or "application/jsonl" => Text($"{NativeFlow}\n{SecondFlow}\n"),
        "application/x-zeek-conn" => Text(ZeekLog),
        "application/x-suricata-eve" => Text(EveLog),
        "text/x-argus-binetflow" => Text(Binetflow),
        "text/csv" => Text(Csv),
        _ => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
    };

    private static OpenApiMediaType Text(string example) =>
        new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String }, Example = JsonValue.Create(example) };
}
