using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using AnomalyApi.Flows.Formats.Text;

namespace AnomalyApi.Flows.Formats.SuricataEve;

/// <summary>Reads the events of one EVE log.</summary>
internal sealed class EveReader : IDisposable
{
    private const string OtherEvents = "other";
    private const int LongestKind = 40;

    // Priority 3 and 4 of the rule classes are called informational and lower: "not suspicious", "unknown", "TCP connection".
    private const int Informational = 3;

    private readonly JsonFields _fields = new(EveFields.Names);
    private readonly FlowDraft _draft = new();
    private readonly EveAlerts _alerts = new();
    private readonly byte[] _label = new byte[FlowValues.LongestText];
    private bool _hasFlowEvents;

    /// <summary>Reads one line that is not blank.</summary>
    public void ReadLine(ReadOnlySpan<byte> line, int number, FlowReadTarget target)
    {
        string? reason;
        try
        {
            reason = _fields.Read(line) ?? ReadEvent(line, number, target);
        }
        catch (JsonException exception)
        {
            reason = JsonRecords.Describe(exception);
        }
        catch (InvalidOperationException)
        {
            reason = "A text holds half of a surrogate pair, which is no character.";
        }

        if (reason is not null)
        {
            target.Reject(number, reason);
        }
    }

    /// <summary>Gives what alerts are joined by back.</summary>
    public void Dispose() => _alerts.Dispose();

    private string? ReadEvent(ReadOnlySpan<byte> line, int number, FlowReadTarget target)
    {
        if (_fields.Twice >= 0)
        {
            return $"{EveFields.Names.NameOf(_fields.Twice)} stands twice.";
        }

        if (_fields.KindOf((int)EveField.EventType) != JsonTokenType.String)
        {
            return "event_type is missing, so this is no event of Suricata.";
        }

        var type = Value(EveField.EventType, line);
        if (type.SequenceEqual("flow"u8))
        {
            _hasFlowEvents = true;
            return ReadFlow(line, number, target, isNetflow: false);
        }

        // With both outputs on, the flow event tells of the same connection, and of both its directions at once.
        if (type.SequenceEqual("netflow"u8) && !_hasFlowEvents)
        {
            return ReadFlow(line, number, target, isNetflow: true);
        }

        if (type.SequenceEqual("alert"u8))
        {
            ReadAlert(line, target);
            target.Skip("alert");
            return null;
        }

        if (type.Length > LongestKind || FlowValues.Text("event_type", type, again: true, out var kind) is not null)
        {
            kind = OtherEvents;
        }

        target.Skip(kind ?? OtherEvents);
        return null;
    }

    private string? ReadFlow(ReadOnlySpan<byte> line, int number, FlowReadTarget target, bool isNetflow)
    {
        _draft.Clear();
        var reason = SetTuple(line) ?? (isNetflow ? SetNetflow(line) : SetFlow(line)) ?? _draft.Missing(
            isNetflow ? "netflow.start" : "flow.start", "src_ip", "dest_ip", "proto") ?? SetFlags(line, isNetflow);
        if (reason is not null)
        {
            return reason;
        }

        // The interface says where on the sensor; it is better than nothing where nobody named the sensor.
        if (_draft.Sensor is null && target.DefaultSensor is null && Has(EveField.Interface, JsonTokenType.String)
            && FlowValues.Text("in_iface", Value(EveField.Interface, line), again: true, out _draft.Sensor) is { } wrong)
        {
            return wrong;
        }

        if (TryFlowId(line, out var id))
        {
            _draft.Label = _alerts.LabelOf(id);
            _draft.Accept(target, number);
            _alerts.Remember(id, target.Batch);
        }
        else
        {
            _draft.Accept(target, number);
        }

        return null;
    }

    // Who with whom, by what.
    private string? SetTuple(ReadOnlySpan<byte> line)
    {
        _draft.HasSource = Has(EveField.SourceAddress, JsonTokenType.String);
        _draft.HasDestination = Has(EveField.DestinationAddress, JsonTokenType.String);
        _draft.HasProtocol = Has(EveField.Protocol, JsonTokenType.String);
        if (!_draft.HasSource || !_draft.HasDestination || !_draft.HasProtocol)
        {
            return null;
        }

        var reason = FlowValues.Address("src_ip", Value(EveField.SourceAddress, line), out _draft.Source)
            ?? FlowValues.Address("dest_ip", Value(EveField.DestinationAddress, line), out _draft.Destination)
            ?? FlowValues.Protocol("proto", Value(EveField.Protocol, line), out _draft.Protocol);
        var isIcmp = _draft.Protocol is IpProtocols.Icmp or IpProtocols.Icmp6;
        reason ??= Port(isIcmp ? EveField.IcmpType : EveField.SourcePort, line, out _draft.SourcePort)
            ?? Port(isIcmp ? EveField.IcmpCode : EveField.DestinationPort, line, out _draft.DestinationPort)
            ?? Text(EveField.Host, line, ref _draft.Sensor)
            ?? Text(EveField.ApplicationProtocol, line, ref _draft.Service);
        if (_draft.Service is "failed" or "unknown")
        {
            _draft.Service = null;
        }

        if (reason is null && Has(EveField.CommunityId, JsonTokenType.String))
        {
            reason = FlowValues.Text("community_id", Value(EveField.CommunityId, line), again: false, out _draft.CommunityId);
        }

        return reason;
    }

    private string? SetFlow(ReadOnlySpan<byte> line) =>
        Times(EveField.FlowStart, EveField.FlowEnd, EveField.FlowAge, line)
        ?? Count(EveField.PacketsToServer, line, ref _draft.ForwardPackets) ?? Count(EveField.PacketsToClient, line, ref _draft.ReversePackets)
        ?? Count(EveField.BytesToServer, line, ref _draft.ForwardBytes) ?? Count(EveField.BytesToClient, line, ref _draft.ReverseBytes);

    // One direction: what came back is another event, and not known here.
    private string? SetNetflow(ReadOnlySpan<byte> line) =>
        Times(EveField.NetflowStart, EveField.NetflowEnd, EveField.NetflowAge, line)
        ?? Count(EveField.Packets, line, ref _draft.ForwardPackets) ?? Count(EveField.Bytes, line, ref _draft.ForwardBytes);

    private string? SetFlags(ReadOnlySpan<byte> line, bool isNetflow)
    {
        // Behind a bypass no packet is seen: how the flow went on is open.
        var wasSeenWhole = !Has(EveField.FlowState, JsonTokenType.String) || !Value(EveField.FlowState, line).SequenceEqual("bypassed"u8);
        if (_draft.Protocol != IpProtocols.Tcp)
        {
            _draft.State = isNetflow || !wasSeenWhole ? ConnectionState.Unknown
                : TcpStateOfFlags.WithoutHandshake(_draft.Protocol, _draft.ForwardPackets, _draft.ReversePackets);
            return null;
        }

        short forward = -1, reverse = -1;
        var reason = Hex(EveField.TcpFlags, line, ref _draft.TcpFlags) ?? Hex(EveField.TcpFlagsToServer, line, ref forward)
            ?? Hex(EveField.TcpFlagsToClient, line, ref reverse);
        if (_draft.TcpFlags < 0 && forward >= 0 && reverse >= 0)
        {
            _draft.TcpFlags = (short)(forward | reverse);
        }

        // Without any flag Suricata did not follow the connection.
        if (!isNetflow && wasSeenWhole && reverse >= 0 && (forward | reverse) > 0)
        {
            _draft.State = TcpStateOfFlags.Of(forward, reverse);
        }

        return reason;
    }

    private void ReadAlert(ReadOnlySpan<byte> line, FlowReadTarget target)
    {
        if (!TryFlowId(line, out var id))
        {
            return;
        }

        // An alert that does not say how severe it is must not be taken for a harmless one.
        var severity = 1;
        if (Has(EveField.AlertSeverity, JsonTokenType.Number)
            && !(Utf8Parser.TryParse(Value(EveField.AlertSeverity, line), out severity, out _) && severity > 0))
        {
            severity = 1;
        }

        var signature = Has(EveField.AlertSignature, JsonTokenType.String) ? Value(EveField.AlertSignature, line) : default;
        _alerts.Mark(id, new EveAlert(severity, LabelOf(severity, signature)), target.Batch);
    }

    private string LabelOf(int severity, ReadOnlySpan<byte> signature)
    {
        var prefix = severity >= Informational ? FlowLabels.InformationalAlert : FlowLabels.Alert;
        var used = System.Text.Encoding.UTF8.GetBytes(prefix, _label);
        var end = Math.Min(signature.Length, _label.Length - used);

        // Not in the middle of a character.
        while (end > 0 && end < signature.Length && (signature[end] & 0xC0) == 0x80)
        {
            end--;
        }

        signature[..end].CopyTo(_label.AsSpan(used));
        return FlowValues.Text("signature", _label.AsSpan(0, used + end), again: true, out var label) is null ? label! : prefix.TrimEnd();
    }

    private bool TryFlowId(ReadOnlySpan<byte> line, out ulong id)
    {
        id = 0;
        return _fields.KindOf((int)EveField.FlowId) is JsonTokenType.Number or JsonTokenType.String
            && Value(EveField.FlowId, line) is var text && Utf8Parser.TryParse(text, out id, out var used) && used == text.Length;
    }

    private bool Has(EveField field, JsonTokenType kind) => _fields.KindOf((int)field) == kind;

    private ReadOnlySpan<byte> Value(EveField field, ReadOnlySpan<byte> line) => _fields.Value((int)field, line, _draft.Scratch);

    private static string NameOf(EveField field) => EveFields.Names.NameOf((int)field);

    private string? Port(EveField field, ReadOnlySpan<byte> line, out int port)
    {
        port = -1;
        return Has(field, JsonTokenType.Number) ? FlowValues.Port(NameOf(field), Value(field, line), out port) : null;
    }

    private string? Count(EveField field, ReadOnlySpan<byte> line, ref long count) =>
        Has(field, JsonTokenType.Number) ? FlowValues.Count(NameOf(field), Value(field, line), out count) : null;

    private string? Text(EveField field, ReadOnlySpan<byte> line, ref string? text) =>
        Has(field, JsonTokenType.String) ? FlowValues.Text(NameOf(field), Value(field, line), again: true, out text) : null;

    private string? Hex(EveField field, ReadOnlySpan<byte> line, ref short flags)
    {
        if (!Has(field, JsonTokenType.String))
        {
            return null;
        }

        var text = Value(field, line);
        if (byte.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits))
        {
            flags = bits;
            return null;
        }

        return $"{NameOf(field)}: {TextQuote.Of(text)} is not two hexadecimal digits.";
    }

    private string? Times(EveField start, EveField end, EveField age, ReadOnlySpan<byte> line)
    {
        if (!Has(start, JsonTokenType.String))
        {
            return null;
        }

        _draft.HasStart = true;
        if (FlowValues.StartText(NameOf(start), Value(start, line), out _draft.Start) is { } wrongStart)
        {
            return wrongStart;
        }

        if (!Has(end, JsonTokenType.String))
        {
            return Has(age, JsonTokenType.Number) ? FlowValues.Duration(NameOf(age), Value(age, line), out _draft.Duration) : null;
        }

        if (FlowValues.StartText(NameOf(end), Value(end, line), out var last) is { } wrongEnd)
        {
            return wrongEnd;
        }

        _draft.Duration = last - _draft.Start;
        return _draft.Duration switch
        {
            < 0 => $"{NameOf(end)} is before {NameOf(start)}.",
            > FlowValues.LongestDuration => $"{NameOf(end)} is more than ten years behind {NameOf(start)}.",
            _ => null,
        };
    }
}
