using System.Buffers;
using System.Text.Json;
using AnomalyApi.Flows;
using AnomalyApi.Flows.Formats.Native;

namespace AnomalyApi.Cli.Simulate.Writers;

/// <summary>Native flows, one a line.</summary>
internal sealed class NdjsonFlowWriter : FlowWriter
{
    private Utf8JsonWriter? _json;

    public override string ContentType => "application/x-ndjson";

    public override int? LinesBefore => 0;

    public override void Write(FlowBatch flows, int row, IBufferWriter<byte> output)
    {
        _json ??= new Utf8JsonWriter(output);
        _json.Reset(output);
        NativeFlowJson.Write(_json, flows.Record(row));
        _json.Flush();
        output.Write("\n"u8);
    }
}
