using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AnomalyApi.Flows.Formats.Native;

/// <summary>Writes flows in the native form that <c>application/json</c> and <c>application/x-ndjson</c> read. Missing values are left out.</summary>
public static class NativeFlowJson
{
    // Answers are JSON, never a piece of HTML, so letters of all alphabets stay readable.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the flow as one object.</summary>
    public static void Write(Utf8JsonWriter writer, FlowRecord flow)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(flow);
        writer.WriteStartObject();
        WriteFields(writer, flow);
        writer.WriteEndObject();
    }

    /// <summary>Writes the fields into an object that the caller opened, and may add to.</summary>
    public static void WriteFields(Utf8JsonWriter writer, FlowRecord flow)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(flow);
        writer.WriteString(NativeFlowFields.Start, StartText(flow.Start));
        if (flow.Duration is { } duration)
        {
            // A decimal writes 0.000001, where a double would write 1E-06.
            writer.WriteNumber(NativeFlowFields.Duration, (decimal)(duration.Ticks / TimeSpan.TicksPerMicrosecond) / 1_000_000);
        }

        writer.WriteString(NativeFlowFields.Source, flow.Source.ToString());
        writer.WriteString(NativeFlowFields.Destination, flow.Destination.ToString());
        WriteNumber(writer, NativeFlowFields.SourcePort, flow.SourcePort);
        WriteNumber(writer, NativeFlowFields.DestinationPort, flow.DestinationPort);
        if (IpProtocols.NameOf(flow.Protocol) is { } protocol)
        {
            writer.WriteString(NativeFlowFields.Protocol, protocol);
        }
        else
        {
            writer.WriteNumber(NativeFlowFields.Protocol, flow.Protocol);
        }

        WriteNumber(writer, NativeFlowFields.ForwardPackets, flow.ForwardPackets);
        WriteNumber(writer, NativeFlowFields.ReversePackets, flow.ReversePackets);
        WriteNumber(writer, NativeFlowFields.ForwardBytes, flow.ForwardBytes);
        WriteNumber(writer, NativeFlowFields.ReverseBytes, flow.ReverseBytes);
        WriteText(writer, NativeFlowFields.TcpFlags, flow.TcpFlags is { } flags ? TcpFlagLetters.NameOf(flags) : null);
        WriteText(writer, NativeFlowFields.State, ConnectionStates.NameOf(flow.State));
        WriteText(writer, NativeFlowFields.Direction, FlowDirections.NameOf(flow.Direction));
        WriteText(writer, NativeFlowFields.Service, flow.Service);
        WriteText(writer, NativeFlowFields.Sensor, flow.Sensor);
        WriteText(writer, NativeFlowFields.CommunityId, flow.CommunityId);
        WriteText(writer, NativeFlowFields.Label, flow.Label);
        WriteNumber(writer, NativeFlowFields.SamplingInterval, flow.SamplingInterval > 1 ? flow.SamplingInterval : null);
    }

    /// <summary>The flows as the body of an <c>application/x-ndjson</c> request.</summary>
    public static byte[] ToNdjson(IEnumerable<FlowRecord> flows)
    {
        ArgumentNullException.ThrowIfNull(flows);
        var body = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(body, Options);
        foreach (var flow in flows)
        {
            Write(writer, flow);
            writer.Flush();
            writer.Reset();
            body.Write("\n"u8);
        }

        return body.WrittenSpan.ToArray();
    }

    /// <summary>The flows as the body of an <c>application/json</c> request.</summary>
    public static byte[] ToJsonArray(IEnumerable<FlowRecord> flows)
    {
        ArgumentNullException.ThrowIfNull(flows);
        var body = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(body, Options);
        writer.WriteStartArray();
        foreach (var flow in flows)
        {
            Write(writer, flow);
        }

        writer.WriteEndArray();
        writer.Flush();
        return body.WrittenSpan.ToArray();
    }

    /// <summary>One flow as text.</summary>
    public static string ToJson(FlowRecord flow) => Encoding.UTF8.GetString(ToNdjson([flow])).TrimEnd('\n');

    private static string StartText(DateTime start) => start.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    private static void WriteNumber(Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
