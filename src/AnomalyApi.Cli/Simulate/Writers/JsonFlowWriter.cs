using System.Buffers;
using System.Text.Json;
using AnomalyApi.Flows;
using AnomalyApi.Flows.Formats.Native;

namespace AnomalyApi.Cli.Simulate.Writers;

/// <summary>Native flows as one JSON array.</summary>
internal sealed class JsonFlowWriter : FlowWriter
{
    private Utf8JsonWriter? _json;
    private bool _isFirst;

    public override string ContentType => "application/json";

    public override int? LinesBefore => 0;

    public override void Begin(IBufferWriter<byte> output)
    {
        _isFirst = true;
        output.Write("["u8);
    }

    public override void Write(FlowBatch flows, int row, IBufferWriter<byte> output)
    {
        output.Write(_isFirst ? "\n"u8 : ",\n"u8);
        _isFirst = false;
        _json ??= new Utf8JsonWriter(output);
        _json.Reset(output);
        NativeFlowJson.Write(_json, flows.Record(row));
        _json.Flush();
    }

    public override void End(IBufferWriter<byte> output) => output.Write("\n]\n"u8);
}
