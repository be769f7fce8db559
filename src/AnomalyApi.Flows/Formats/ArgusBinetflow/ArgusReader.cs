using System.Buffers.Text;
using System.Text;
using AnomalyApi.Flows.Formats.Delimited;
using AnomalyApi.Flows.Formats.Text;

namespace AnomalyApi.Flows.Formats.ArgusBinetflow;

/// <summary>Reads the lines behind the header of a binetflow file.</summary>
internal sealed class ArgusReader(ArgusHeader header)
{
    // Argus looks into UDP and then names what it found there.
    private static readonly string[] OverUdp = ["rtp", "rtcp", "udt"];

    private readonly DelimitedLine _fields = new();
    private readonly FlowDraft _draft = new();

    /// <summary>Reads one line that is not blank.</summary>
    public void ReadLine(ReadOnlySpan<byte> line, int number, FlowReadTarget target)
    {
        var reason = _fields.Split(line, header.Separator, quotes: false)
            ?? (_fields.Count == header.Count ? null : $"{_fields.Count} fields, where the header names {header.Count}.");
        if (reason is null && NonIpProtocols.Find(Field(ArgusColumn.Protocol, line)) is { } kind)
        {
            target.Skip(kind);
            return;
        }

        reason ??= ReadFlow(line);
        if (reason is null)
        {
            _draft.Accept(target, number);
        }
        else
        {
            target.Reject(number, reason);
        }
    }

    private string? ReadFlow(ReadOnlySpan<byte> line)
    {
        _draft.Clear();
        return SetTuple(line) ?? SetPorts(line) ?? SetTimes(line) ?? SetCounts(line) ?? SetState(line)
            ?? FlowValues.Text("Label", Field(ArgusColumn.Label, line), again: true, out _draft.Label);
    }

    private string? SetTuple(ReadOnlySpan<byte> line)
    {
        var protocol = Field(ArgusColumn.Protocol, line);
        _draft.Service = ServiceOverUdp(protocol);
        _draft.Protocol = IpProtocols.Udp;
        return (_draft.Service is null ? FlowValues.Protocol("Proto", protocol, out _draft.Protocol) : null)
            ?? FlowValues.Address("SrcAddr", Field(ArgusColumn.SourceAddress, line), out _draft.Source)
            ?? FlowValues.Address("DstAddr", Field(ArgusColumn.DestinationAddress, line), out _draft.Destination);
    }

    private string? SetPorts(ReadOnlySpan<byte> line)
    {
        var source = Field(ArgusColumn.SourcePort, line);
        var destination = Field(ArgusColumn.DestinationPort, line);
        if (_draft.Protocol is not (IpProtocols.Icmp or IpProtocols.Icmp6) || !source.StartsWith("0x"u8))
        {
            return (source.IsEmpty ? null : Port("Sport", source, out _draft.SourcePort))
                ?? (destination.IsEmpty ? null : Port("Dport", destination, out _draft.DestinationPort));
        }

        // Four digits hold both, the code before the type; the other column is then the id of an echo. Two digits hold one each.
        if (!TryHex(source, out var first) || !TryHex(destination, out var second))
        {
            return $"Sport and Dport: {TextQuote.Of(source)} and {TextQuote.Of(destination)} are no ICMP type and code in hexadecimal.";
        }

        _draft.SourcePort = first & 0xFF;
        _draft.DestinationPort = source.Length <= 4 ? second & 0xFF : first >> 8;
        return null;
    }

    private string? SetTimes(ReadOnlySpan<byte> line)
    {
        var start = Field(ArgusColumn.Start, line);
        var duration = Field(ArgusColumn.Duration, line);
        return (start.Contains((byte)':') ? FlowValues.StartWithoutOffset("StartTime", start, out _draft.Start) : FlowValues.StartSeconds("StartTime", start, out _draft.Start))
            ?? (duration.IsEmpty ? null : FlowValues.Duration("Dur", duration, out _draft.Duration));
    }

    private string? SetCounts(ReadOnlySpan<byte> line) =>
        Share(ArgusColumn.TotalBytes, ArgusColumn.SourceBytes, line, out _draft.ForwardBytes, out _draft.ReverseBytes)
        ?? Share(ArgusColumn.TotalPackets, ArgusColumn.SourcePackets, line, out _draft.ForwardPackets, out _draft.ReversePackets)
        ?? SharePacketsByBytes(line);

    // The columns say how much in all, and how much of it the source sent.
    private string? Share(ArgusColumn total, ArgusColumn source, ReadOnlySpan<byte> line, out long forward, out long reverse)
    {
        forward = reverse = -1;
        var all = Field(total, line);
        var part = Field(source, line);
        if (all.IsEmpty || part.IsEmpty)
        {
            return null;
        }

        var reason = FlowValues.Count(NameOf(total), all, out var sum) ?? FlowValues.Count(NameOf(source), part, out forward);
        reverse = sum - forward;
        return reason ?? (reverse < 0 ? $"{NameOf(source)} is more than {NameOf(total)}." : null);
    }

    // Without SrcPkts the packets of each side are known only when one side sent nothing.
    private string? SharePacketsByBytes(ReadOnlySpan<byte> line)
    {
        var total = Field(ArgusColumn.TotalPackets, line);
        if (total.IsEmpty || _draft.ForwardPackets >= 0 || (_draft.ForwardBytes != 0 && _draft.ReverseBytes != 0))
        {
            return null;
        }

        var reason = FlowValues.Count("TotPkts", total, out var sum);
        (_draft.ForwardPackets, _draft.ReversePackets) = _draft.ReverseBytes == 0 ? (sum, 0L) : (0L, sum);
        return reason;
    }

    private string? SetState(ReadOnlySpan<byte> line)
    {
        var text = Field(ArgusColumn.State, line);
        var arrow = Field(ArgusColumn.Direction, line);
        var isTcp = _draft.Protocol == IpProtocols.Tcp;

        // Of TCP the arrow says who opened the connection; of all else only who sent, which the counts say better.
        var swap = isTcp && arrow.Contains((byte)'<') && !arrow.Contains((byte)'>');
        if (swap)
        {
            Swap();
        }

        if (isTcp && ArgusState.TryFlags(text, out var source, out var destination))
        {
            _draft.TcpFlags = (byte)(source | destination);
            _draft.State = swap ? TcpStateOfFlags.Of(destination, source) : TcpStateOfFlags.Of(source, destination);
        }
        else
        {
            _draft.State = ArgusState.OfWord(text, _draft.Protocol, !arrow.Contains((byte)'?'), _draft.ForwardPackets, _draft.ReversePackets);
        }

        return null;
    }

    private void Swap()
    {
        (_draft.Source, _draft.Destination) = (_draft.Destination, _draft.Source);
        (_draft.SourcePort, _draft.DestinationPort) = (_draft.DestinationPort, _draft.SourcePort);
        (_draft.ForwardBytes, _draft.ReverseBytes) = (_draft.ReverseBytes, _draft.ForwardBytes);
        (_draft.ForwardPackets, _draft.ReversePackets) = (_draft.ReversePackets, _draft.ForwardPackets);
    }

    private ReadOnlySpan<byte> Field(ArgusColumn column, ReadOnlySpan<byte> line)
    {
        var place = header.PlaceOf(column);
        return place < 0 ? default : _fields.Field(line, place);
    }

    private static string NameOf(ArgusColumn column) => ArgusHeader.Names[(int)column];

    private static string? ServiceOverUdp(ReadOnlySpan<byte> text)
    {
        // The two that nearly every flow has.
        if (text.SequenceEqual("tcp"u8) || text.SequenceEqual("udp"u8))
        {
            return null;
        }

        foreach (var name in OverUdp)
        {
            if (Ascii.EqualsIgnoreCase(text, name))
            {
                return name;
            }
        }

        return null;
    }

    private static string? Port(string field, ReadOnlySpan<byte> text, out int port)
    {
        port = -1;
        return text.StartsWith("0x"u8) && TryHex(text, out port) ? null : FlowValues.Port(field, text, out port);
    }

    private static bool TryHex(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        return text.Length is > 2 and <= 6 && text.StartsWith("0x"u8)
            && Utf8Parser.TryParse(text[2..], out value, out var used, 'x') && used == text.Length - 2;
    }
}
