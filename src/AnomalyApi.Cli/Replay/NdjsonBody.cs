using System.Buffers;
using System.Text.Json;
using AnomalyApi.Cli.Sending;
using AnomalyApi.Flows;
using AnomalyApi.Flows.Formats.Native;

namespace AnomalyApi.Cli.Replay;

/// <summary>Native flows that gather until they are sent. Not thread-safe.</summary>
internal sealed class NdjsonBody
{
    private const string ContentType = "application/x-ndjson";

    private ArrayBufferWriter<byte> _bytes = new();
    private List<string?> _labels = [];
    private Utf8JsonWriter? _json;

    /// <summary>Flows so far.</summary>
    public int Count => _labels.Count;

    /// <summary>Adds a flow.</summary>
    public void Add(FlowRecord flow)
    {
        _json ??= new Utf8JsonWriter(_bytes);
        _json.Reset(_bytes);
        NativeFlowJson.Write(_json, flow);
        _json.Flush();
        _bytes.Write("\n"u8);
        _labels.Add(flow.Label);
    }

    /// <summary>Gives the body away and begins another.</summary>
    public FlowBody Take()
    {
        var body = new FlowBody(_bytes.WrittenMemory, ContentType, _labels.Count, _labels, LinesBefore: 0);
        (_bytes, _labels) = (new ArrayBufferWriter<byte>(_bytes.WrittenCount + 1_024), []);
        return body;
    }
}
