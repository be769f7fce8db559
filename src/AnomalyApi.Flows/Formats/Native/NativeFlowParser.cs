using System.Text.Json;
using System.Text.Unicode;

namespace AnomalyApi.Flows.Formats.Native;

/// <summary>Reads one native flow object.</summary>
internal static class NativeFlowParser
{
    /// <summary>Reads the object into <paramref name="draft"/>.</summary>
    /// <returns>Null when the flow is good, else why it is not.</returns>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    /// <remarks>A field that stands twice is refused: of two readers one would take the first and one the last, and an attacker could show
    /// each of them another flow.</remarks>
    public static string? Parse(ReadOnlySpan<byte> json, FlowDraft draft)
    {
        if (!Utf8.IsValid(json))
        {
            return $"Not valid UTF-8 at byte {Utf8Position(json) + 1}.";
        }

        draft.Clear();
        var reader = new Utf8JsonReader(json, JsonRecords.Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            var kind = JsonRecords.NameOf(reader.TokenType);
            reader.Skip();
            reader.Read();
            return $"A flow is a JSON object, and this is {kind}.";
        }

        string? reason = null;
        var seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int field;
            try
            {
                field = NativeFlowFields.Table.Find(JsonRecords.Text(ref reader, draft.Scratch));
            }
            catch (InvalidOperationException)
            {
                field = -1;
            }

            reader.Read();
            if (field < 0)
            {
                reader.Skip();
                continue;
            }

            if ((seen & (1 << field)) != 0)
            {
                reason ??= $"{NativeFlowFields.All[field]} stands twice.";
            }

            seen |= 1 << field;
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.True or JsonTokenType.False)
            {
                reason ??= $"{NativeFlowFields.All[field]} is {JsonRecords.NameOf(reader.TokenType)}; {Wanted((NativeFlowField)field)} is wanted.";
                reader.Skip();
            }
            else if (reader.TokenType != JsonTokenType.Null && reason is null)
            {
                reason = Set(draft, (NativeFlowField)field, ref reader);
            }
        }

        // To the end, so that text behind the object is found.
        reader.Read();
        return reason ?? draft.Missing(
            NativeFlowFields.Start, NativeFlowFields.Source, NativeFlowFields.Destination, NativeFlowFields.Protocol);
    }

    private static string? Set(FlowDraft draft, NativeFlowField field, ref Utf8JsonReader reader)
    {
        var name = NativeFlowFields.All[(int)field];
        var isNumber = reader.TokenType == JsonTokenType.Number;
        if (isNumber ? !TakesNumber(field) : !TakesText(field))
        {
            return $"{name} is {JsonRecords.NameOf(reader.TokenType)}; {Wanted(field)} is wanted.";
        }

        ReadOnlySpan<byte> text;
        try
        {
            text = isNumber ? reader.ValueSpan : JsonRecords.Text(ref reader, draft.Scratch);
        }
        catch (InvalidOperationException)
        {
            return $"{name} holds half of a surrogate pair, which is no character.";
        }

        switch (field)
        {
            case NativeFlowField.Start:
                draft.HasStart = true;
                return isNumber ? FlowValues.StartSeconds(name, text, out draft.Start) : FlowValues.StartText(name, text, out draft.Start);
            case NativeFlowField.Duration:
                return FlowValues.Duration(name, text, out draft.Duration);
            case NativeFlowField.Source:
                draft.HasSource = true;
                return FlowValues.Address(name, text, out draft.Source);
            case NativeFlowField.Destination:
                draft.HasDestination = true;
                return FlowValues.Address(name, text, out draft.Destination);
            case NativeFlowField.SourcePort:
                return FlowValues.Port(name, text, out draft.SourcePort);
            case NativeFlowField.DestinationPort:
                return FlowValues.Port(name, text, out draft.DestinationPort);
            case NativeFlowField.Protocol:
                draft.HasProtocol = true;
                return FlowValues.Protocol(name, text, out draft.Protocol);
            case NativeFlowField.ForwardPackets:
                return FlowValues.Count(name, text, out draft.ForwardPackets);
            case NativeFlowField.ReversePackets:
                return FlowValues.Count(name, text, out draft.ReversePackets);
            case NativeFlowField.ForwardBytes:
                return FlowValues.Count(name, text, out draft.ForwardBytes);
            case NativeFlowField.ReverseBytes:
                return FlowValues.Count(name, text, out draft.ReverseBytes);
            case NativeFlowField.TcpFlags:
                return FlowValues.Flags(name, text, out draft.TcpFlags);
            case NativeFlowField.State:
                return FlowValues.State(name, text, out draft.State);
            case NativeFlowField.Direction:
                return FlowValues.Direction(name, text, out draft.Direction);
            case NativeFlowField.Service:
                return FlowValues.Text(name, text, again: true, out draft.Service);
            case NativeFlowField.Sensor:
                return FlowValues.Text(name, text, again: true, out draft.Sensor);
            case NativeFlowField.CommunityId:
                return FlowValues.Text(name, text, again: false, out draft.CommunityId);
            case NativeFlowField.Label:
                return FlowValues.Text(name, text, again: true, out draft.Label);
            default:
                return FlowValues.SamplingInterval(name, text, out draft.SamplingInterval);
        }
    }

    private static bool TakesNumber(NativeFlowField field) =>
        field is NativeFlowField.Start or NativeFlowField.Protocol or NativeFlowField.TcpFlags || !TakesText(field);

    private static bool TakesText(NativeFlowField field) => field is NativeFlowField.Start or NativeFlowField.Source or NativeFlowField.Destination
        or NativeFlowField.Protocol or NativeFlowField.TcpFlags || (field >= NativeFlowField.State && field != NativeFlowField.SamplingInterval);

    private static string Wanted(NativeFlowField field) =>
        (TakesNumber(field), TakesText(field)) switch { (true, true) => "a number or text", (true, false) => "a number", _ => "text" };

    private static int Utf8Position(ReadOnlySpan<byte> bytes)
    {
        var position = 0;
        while (System.Text.Rune.DecodeFromUtf8(bytes[position..], out _, out var used) == System.Buffers.OperationStatus.Done)
        {
            position += used;
        }

        return position;
    }
}
