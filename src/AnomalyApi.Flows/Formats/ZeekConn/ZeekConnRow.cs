namespace AnomalyApi.Flows.Formats.ZeekConn;

/// <summary>One conn.log record while its columns come in, in whatever order, from TSV or JSON.</summary>
internal sealed class ZeekConnRow
{
    private const byte Unset = 2;

    private readonly FlowDraft _draft = new();
    private long _originatorBytes;
    private long _responderBytes;
    private int _protocolNumber;
    private bool _unknownTransport;
    private bool _looksLikeConn;
    private byte _originatorIsLocal;
    private byte _responderIsLocal;
    private short _historyFlags;
    private string? _nodeName;
    private string? _systemName;

    /// <summary>Room to take escapes out of a text.</summary>
    public byte[] Scratch => _draft.Scratch;

    /// <summary>Forgets the last record.</summary>
    public void Clear()
    {
        _draft.Clear();
        _originatorBytes = _responderBytes = -1;
        _protocolNumber = -1;
        _unknownTransport = false;
        _looksLikeConn = false;
        _originatorIsLocal = _responderIsLocal = Unset;
        _historyFlags = -1;
        _nodeName = _systemName = null;
    }

    /// <summary>Takes the text of one column that is not unset. Returns null, or what is wrong with it.</summary>
    public string? Set(ZeekColumn column, ReadOnlySpan<byte> text)
    {
        var name = ZeekColumns.NameOf(column);
        switch (column)
        {
            case ZeekColumn.Time:
                _draft.HasStart = true;
                return text.IndexOf((byte)':') >= 0
                    ? FlowValues.StartText(name, text, out _draft.Start)
                    : FlowValues.StartSeconds(name, text, out _draft.Start);
            case ZeekColumn.OriginatorAddress:
                _draft.HasSource = true;
                return FlowValues.Address(name, text, out _draft.Source);
            case ZeekColumn.OriginatorPort:
                return FlowValues.Port(name, text, out _draft.SourcePort);
            case ZeekColumn.ResponderAddress:
                _draft.HasDestination = true;
                return FlowValues.Address(name, text, out _draft.Destination);
            case ZeekColumn.ResponderPort:
                return FlowValues.Port(name, text, out _draft.DestinationPort);
            case ZeekColumn.Protocol:
                _draft.HasProtocol = true;
                _unknownTransport = text.SequenceEqual("unknown_transport"u8) || text.SequenceEqual("unknown"u8);
                return _unknownTransport ? null : FlowValues.Protocol(name, text, out _draft.Protocol);
            case ZeekColumn.ProtocolNumber:
                var protocolError = FlowValues.Protocol(name, text, out var number);
                _protocolNumber = number;
                return protocolError;
            case ZeekColumn.Service:
                return FlowValues.Text(name, text, again: true, out _draft.Service);
            case ZeekColumn.Duration:
                return FlowValues.Duration(name, text, out _draft.Duration);
            case ZeekColumn.OriginatorBytes:
                _looksLikeConn = true;
                return FlowValues.Count(name, text, out _originatorBytes);
            case ZeekColumn.ResponderBytes:
                _looksLikeConn = true;
                return FlowValues.Count(name, text, out _responderBytes);
            case ZeekColumn.State:
                _looksLikeConn = true;
                return FlowValues.State(name, text, out _draft.State);
            case ZeekColumn.OriginatorIsLocal:
                return Bool(name, text, out _originatorIsLocal);
            case ZeekColumn.ResponderIsLocal:
                return Bool(name, text, out _responderIsLocal);
            case ZeekColumn.History:
                _historyFlags = ZeekHistory.ToTcpFlags(text);
                return null;
            case ZeekColumn.OriginatorPackets:
                _looksLikeConn = true;
                return FlowValues.Count(name, text, out _draft.ForwardPackets);
            case ZeekColumn.OriginatorIpBytes:
                return FlowValues.Count(name, text, out _draft.ForwardBytes);
            case ZeekColumn.ResponderPackets:
                _looksLikeConn = true;
                return FlowValues.Count(name, text, out _draft.ReversePackets);
            case ZeekColumn.ResponderIpBytes:
                return FlowValues.Count(name, text, out _draft.ReverseBytes);
            case ZeekColumn.CommunityId:
                return FlowValues.Text(name, text, again: false, out _draft.CommunityId);
            case ZeekColumn.NodeName:
                return FlowValues.Text(name, text, again: true, out _nodeName);
            case ZeekColumn.SystemName:
                return FlowValues.Text(name, text, again: true, out _systemName);
            case ZeekColumn.AgentHostname:
                return FlowValues.Text(name, text, again: true, out _draft.Sensor);
            case ZeekColumn.Label:
                return FlowValues.Text(name, text, again: true, out _draft.Label);
            default:
                _looksLikeConn = true;
                return ZeekColumns.IsConnPath(text) ? null : $"{name}: this is a record of Zeek's {Text.TextQuote.Of(text)} log. Only conn logs hold flows.";
        }
    }

    /// <summary>Joins the columns into a flow and puts it into the batch. Returns null, or what is missing.</summary>
    /// <param name="isConn">The header said that these are connections; without one the record must show it.</param>
    public string? Accept(FlowReadTarget target, int line, bool isConn)
    {
        var missing = _draft.Missing(
            ZeekColumns.NameOf(ZeekColumn.Time), ZeekColumns.NameOf(ZeekColumn.OriginatorAddress),
            ZeekColumns.NameOf(ZeekColumn.ResponderAddress), ZeekColumns.NameOf(ZeekColumn.Protocol));
        if (missing is not null)
        {
            return missing;
        }

        if (!isConn && !_looksLikeConn)
        {
            return "Neither conn_state nor packets nor bytes are given: this is a record of another Zeek log than conn.";
        }

        if (_unknownTransport)
        {
            // 255 is reserved, so it is never mistaken for a protocol; 0 is a real one (HOPOPT).
            _draft.Protocol = _protocolNumber >= 0 ? (byte)_protocolNumber : IpProtocols.Reserved;
        }
        else if (_draft.Protocol == IpProtocols.Icmp && !_draft.Source.IsIPv4)
        {
            // Zeek calls both icmp.
            _draft.Protocol = IpProtocols.Icmp6;
        }

        if (_draft.Protocol == IpProtocols.Tcp)
        {
            _draft.TcpFlags = _historyFlags;
        }

        if (_originatorIsLocal != Unset && _responderIsLocal != Unset)
        {
            _draft.Direction = FlowDirections.Between(_originatorIsLocal == 1, _responderIsLocal == 1);
        }

        // Bytes with headers are what other sensors count; payload bytes stand in where the IP columns are switched off.
        _draft.ForwardBytes = _draft.ForwardBytes >= 0 ? _draft.ForwardBytes : _originatorBytes;
        _draft.ReverseBytes = _draft.ReverseBytes >= 0 ? _draft.ReverseBytes : _responderBytes;
        _draft.Sensor ??= _nodeName ?? _systemName;
        _draft.Accept(target, line);
        return null;
    }

    private static string? Bool(string name, ReadOnlySpan<byte> text, out byte value)
    {
        value = text.SequenceEqual("T"u8) || text.SequenceEqual("true"u8) ? (byte)1
            : text.SequenceEqual("F"u8) || text.SequenceEqual("false"u8) ? (byte)0 : Unset;
        return value == Unset ? $"{name}: {Text.TextQuote.Of(text)} is neither T nor F." : null;
    }
}
