using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using AnomalyApi.Flows.Formats.ArgusBinetflow;
using AnomalyApi.Flows.Formats.Delimited;
using AnomalyApi.Flows.Formats.Text;

namespace AnomalyApi.Flows.Formats.Csv;

/// <summary>Reads the lines behind the header of a CSV file.</summary>
internal sealed class CsvReader(CsvHeader header)
{
    private readonly DelimitedLine _fields = new();
    private readonly FlowDraft _draft = new();

    /// <summary>Reads one line that is not blank.</summary>
    public void ReadLine(ReadOnlySpan<byte> line, int number, FlowReadTarget target)
    {
        var reason = _fields.Split(line, header.Separator, quotes: true)
            ?? (_fields.Count == header.Count ? null : $"{_fields.Count} fields, where the header names {header.Count}.");
        if (reason is null && NonIpProtocols.Find(Field(CsvField.Protocol, line)) is { } kind)
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
        return SetTuple(line) ?? SetTimes(line) ?? SetCounts(line) ?? SetFlags(line) ?? SetWords(line)
            ?? _draft.Missing(
                header.NameOf(CsvField.Start), header.NameOf(CsvField.Source), header.NameOf(CsvField.Destination), header.NameOf(CsvField.Protocol));
    }

    private string? SetTuple(ReadOnlySpan<byte> line)
    {
        var protocol = Field(CsvField.Protocol, line);
        var source = Field(CsvField.Source, line);
        var destination = Field(CsvField.Destination, line);
        (_draft.HasProtocol, _draft.HasSource, _draft.HasDestination) = (!protocol.IsEmpty, !source.IsEmpty, !destination.IsEmpty);
        var reason = (_draft.HasProtocol ? FlowValues.Protocol(header.NameOf(CsvField.Protocol), protocol, out _draft.Protocol) : null)
            ?? (_draft.HasSource ? FlowValues.Address(header.NameOf(CsvField.Source), source, out _draft.Source) : null)
            ?? (_draft.HasDestination ? FlowValues.Address(header.NameOf(CsvField.Destination), destination, out _draft.Destination) : null);
        if (reason is null && _draft.Protocol == IpProtocols.Icmp && _draft.HasSource && !_draft.Source.IsIPv4)
        {
            _draft.Protocol = IpProtocols.Icmp6;
        }

        return reason ?? SetPorts(line);
    }

    private string? SetPorts(ReadOnlySpan<byte> line)
    {
        var destination = Field(CsvField.DestinationPort, line);

        // nfdump puts type and code of ICMP into one column, as 3.1.
        var point = _draft.Protocol is IpProtocols.Icmp or IpProtocols.Icmp6 ? destination.IndexOf((byte)'.') : -1;
        if (point > 0 && header.IsNfdump)
        {
            var name = header.NameOf(CsvField.DestinationPort);
            return FlowValues.Port(name, destination[..point], out _draft.SourcePort) ?? FlowValues.Port(name, destination[(point + 1)..], out _draft.DestinationPort);
        }

        return Port(CsvField.SourcePort, Field(CsvField.SourcePort, line), ref _draft.SourcePort)
            ?? Port(CsvField.DestinationPort, destination, ref _draft.DestinationPort);
    }

    private string? SetTimes(ReadOnlySpan<byte> line)
    {
        var start = Field(CsvField.Start, line);
        var end = Field(CsvField.End, line);
        var duration = Field(CsvField.Duration, line);
        _draft.HasStart = !start.IsEmpty;
        var reason = _draft.HasStart ? CsvTime.Start(header.NameOf(CsvField.Start), start, header.UnitOf(CsvField.Start), out _draft.Start) : null;
        if (reason is not null || !_draft.HasStart)
        {
            return reason;
        }

        if (!duration.IsEmpty)
        {
            return CsvTime.Duration(header.NameOf(CsvField.Duration), duration, header.UnitOf(CsvField.Duration), out _draft.Duration);
        }

        if (end.IsEmpty)
        {
            return null;
        }

        reason = CsvTime.Start(header.NameOf(CsvField.End), end, header.UnitOf(CsvField.End), out var last);
        _draft.Duration = last - _draft.Start;
        return reason ?? _draft.Duration switch
        {
            < 0 => $"{header.NameOf(CsvField.End)} is before {header.NameOf(CsvField.Start)}.",
            > FlowValues.LongestDuration => $"{header.NameOf(CsvField.End)} is more than ten years behind {header.NameOf(CsvField.Start)}.",
            _ => null,
        };
    }

    private string? SetCounts(ReadOnlySpan<byte> line)
    {
        var reason = Count(CsvField.ForwardPackets, line, ref _draft.ForwardPackets) ?? Count(CsvField.ReversePackets, line, ref _draft.ReversePackets)
            ?? Count(CsvField.ForwardBytes, line, ref _draft.ForwardBytes) ?? Count(CsvField.ReverseBytes, line, ref _draft.ReverseBytes);
        if (header.IsNfdump && _draft.ReversePackets == 0 && _draft.ReverseBytes == 0)
        {
            _draft.ReversePackets = _draft.ReverseBytes = -1;
        }

        var interval = Field(CsvField.SamplingInterval, line);
        return reason ?? (interval.IsEmpty ? null : FlowValues.SamplingInterval(header.NameOf(CsvField.SamplingInterval), interval, out _draft.SamplingInterval));
    }

    private string? SetFlags(ReadOnlySpan<byte> line)
    {
        if (_draft.Protocol != IpProtocols.Tcp)
        {
            return null;
        }

        var text = Field(CsvField.TcpFlags, line);
        if (!text.IsEmpty)
        {
            return Flags(text);
        }

        // Counts of packets with each flag: CICFlowMeter.
        var flags = -1;
        for (var bit = 0; bit < 8; bit++)
        {
            var count = -1L;
            if (Count(CsvField.FinCount + bit, line, ref count) is { } reason)
            {
                return reason;
            }

            flags = count < 0 ? flags : Math.Max(flags, 0) | (count > 0 ? 1 << bit : 0);
        }

        _draft.TcpFlags = (short)flags;
        return null;
    }

    private string? Flags(ReadOnlySpan<byte> text)
    {
        var name = header.NameOf(CsvField.TcpFlags);
        if (text.StartsWith("0x"u8) && Utf8Parser.TryParse(text[2..], out byte bits, out var used, 'x') && used == text.Length - 2)
        {
            _draft.TcpFlags = bits;
            return null;
        }

        // nfdump has a dot where a flag is not.
        Span<byte> letters = stackalloc byte[8];
        if (text.Length > letters.Length || !text.Contains((byte)'.'))
        {
            return FlowValues.Flags(name, text, out _draft.TcpFlags);
        }

        var count = 0;
        foreach (var letter in text)
        {
            letters[count] = letter;
            count += letter == '.' ? 0 : 1;
        }

        return TcpFlagLetters.TryParse(letters[..count], out var flags) ? SetFlags(flags) : FlowValues.Flags(name, text, out _draft.TcpFlags);
    }

    private string? SetFlags(byte flags)
    {
        _draft.TcpFlags = flags;
        return null;
    }

    private string? SetWords(ReadOnlySpan<byte> line)
    {
        // Other tools have other words; those say nothing here.
        var state = Field(CsvField.State, line);
        if (!state.IsEmpty && !ConnectionStates.TryParse(state, out _draft.State))
        {
            _draft.State = ArgusState.OfWord(state, _draft.Protocol, sawStart: true, _draft.ForwardPackets, _draft.ReversePackets);
        }

        if (!FlowDirections.TryParse(Field(CsvField.Direction, line), out _draft.Direction))
        {
            _draft.Direction = FlowDirection.Unknown;
        }

        return Text(CsvField.Service, line, ref _draft.Service) ?? Text(CsvField.Sensor, line, ref _draft.Sensor)
            ?? Text(CsvField.CommunityId, line, ref _draft.CommunityId)
            ?? Text(CsvField.Label, line, ref _draft.Label) ?? Text(CsvField.AttackCategory, line, ref _draft.Label);
    }

    private string? Port(CsvField field, ReadOnlySpan<byte> text, ref int port)
    {
        if (text.IsEmpty)
        {
            return null;
        }

        // Argus writes the ports of what has none in hexadecimal.
        if (text.StartsWith("0x"u8) && Utf8Parser.TryParse(text[2..], out ushort bits, out var used, 'x') && used == text.Length - 2)
        {
            port = bits;
            return null;
        }

        return FlowValues.Port(header.NameOf(field), text, out port);
    }

    private string? Count(CsvField field, ReadOnlySpan<byte> line, ref long count)
    {
        var text = Field(field, line);
        return text.IsEmpty ? null : FlowValues.Count(header.NameOf(field), text, out count);
    }

    private string? Text(CsvField field, ReadOnlySpan<byte> line, ref string? value)
    {
        var text = Field(field, line);
        if (!Utf8.IsValid(text))
        {
            text = Windows1252.ToUtf8(text, _draft.Scratch);
        }

        return text.IsEmpty ? null : FlowValues.Text(header.NameOf(field), text, again: field != CsvField.CommunityId, out value);
    }

    // Empty for a column that is not there, and for the words that mean as much.
    private ReadOnlySpan<byte> Field(CsvField field, ReadOnlySpan<byte> line)
    {
        var place = header.PlaceOf(field);
        if (place < 0)
        {
            return default;
        }

        var text = _fields.Field(line, place);
        return text.Length > 4 ? text
            : text.SequenceEqual("-"u8) || text.SequenceEqual("?"u8) || Ascii.EqualsIgnoreCase(text, "nan"u8) || Ascii.EqualsIgnoreCase(text, "null"u8)
                || Ascii.EqualsIgnoreCase(text, "none"u8) || text.SequenceEqual("N/A"u8) ? default
            : text;
    }
}
