using System.Buffers.Binary;
using AnomalyApi.Flows.Packets;

namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>Reads sFlow v5: each sampled packet is a flow of one packet, which stands for as many as the sampling rate says.</summary>
/// <remarks>sflow.org, sFlow Version 5 (2004), section 5. All numbers are 32-bit XDR, opaque data is padded to four bytes.</remarks>
internal sealed class SFlowSamples(FlowOutlet outlet)
{
    private const int FlowSample = 1;
    private const int ExpandedFlowSample = 3;
    private const int SampleHeader = 8;
    private const int RawHeader = 1;
    private const int SampledIPv4 = 3;
    private const int SampledIPv6 = 4;

    private ExportedFlow _flow;

    /// <summary>Reads a datagram.</summary>
    /// <returns>Null, or what is wrong with it and where.</returns>
    public string? Read(ExporterState exporter, ReadOnlySpan<byte> datagram, long received, FlowReadTarget target, long offset)
    {
        exporter.Datagrams++;
        var at = SFlowFraming.HeaderLength(datagram);
        if (at < 0)
        {
            return $"Byte {offset}: an sFlow header is cut off, or its agent has neither an IPv4 nor an IPv6 address.";
        }

        if (exporter.Domain(0, BinaryPrimitives.ReadUInt32BigEndian(datagram[(at - 16)..])) is not { } domain)
        {
            return $"Byte {offset}: the exporter uses more sub-agents than are remembered.";
        }

        exporter.Restarts += domain.Sequence.HasRestarted(BinaryPrimitives.ReadUInt32BigEndian(datagram[(at - 8)..])) ? 1 : 0;
        exporter.CountSequence(ref exporter.MissedDatagrams, domain.Sequence.Next(BinaryPrimitives.ReadUInt32BigEndian(datagram[(at - 12)..]), 1));
        var message = new ExportMessage(domain, received, 0, HasUptime: false, received, offset);
        var left = BinaryPrimitives.ReadUInt32BigEndian(datagram[(at - 4)..]);
        for (; left > 0; left--)
        {
            if (at + SampleHeader > datagram.Length)
            {
                return $"Byte {offset + at}: {left} samples are missing.";
            }

            var length = BinaryPrimitives.ReadUInt32BigEndian(datagram[(at + 4)..]);
            if (length > datagram.Length - at - SampleHeader)
            {
                return $"Byte {offset + at}: a sample of {length} bytes, where {datagram.Length - at - SampleHeader} are left.";
            }

            ReadSample(datagram[..(at + SampleHeader + (int)length)], at, message, target);
            at += SampleHeader + (int)length;
        }

        return null;
    }

    private void ReadSample(ReadOnlySpan<byte> datagram, int start, in ExportMessage message, FlowReadTarget target)
    {
        // The upper twenty bits of a format are the enterprise that made it, 0 for the standard.
        var format = BinaryPrimitives.ReadUInt32BigEndian(datagram[start..]);
        var headerLength = format switch { FlowSample => 32, ExpandedFlowSample => 44, _ => 0 };
        message.Domain.Exporter.Records++;
        outlet.CountRecord();
        if (headerLength == 0)
        {
            FlowOutlet.Skip(message, format is 2 or 4 ? "counter samples" : "samples of other kinds", target);
            return;
        }

        var at = start + SampleHeader;
        if (at + headerLength > datagram.Length)
        {
            outlet.Reject(message, start, "a flow sample is cut off.", target);
            return;
        }

        var rate = BinaryPrimitives.ReadUInt32BigEndian(datagram[(at + (format == FlowSample ? 8 : 12))..]);
        var left = BinaryPrimitives.ReadUInt32BigEndian(datagram[(at + headerLength - 4)..]);
        at += headerLength;
        var found = false;
        for (; left > 0 && !found; left--)
        {
            var length = at + SampleHeader <= datagram.Length ? BinaryPrimitives.ReadUInt32BigEndian(datagram[(at + 4)..]) : uint.MaxValue;
            if (length > datagram.Length - at - SampleHeader)
            {
                outlet.Reject(message, at, "a record of a flow sample is cut off.", target);
                return;
            }

            found = ReadRecord(BinaryPrimitives.ReadUInt32BigEndian(datagram[at..]), datagram.Slice(at + SampleHeader, (int)length), message.Received);
            at += SampleHeader + (int)length;
        }

        if (!found)
        {
            FlowOutlet.Skip(message, "samples without IP", target);
            return;
        }

        var interval = (int)Math.Clamp(rate, 1, FlowValues.LargestSamplingInterval);
        message.Domain.Exporter.SamplingInterval = interval;
        _flow.Scale(interval);
        // A sampled packet says nothing of the other direction, so it does not wait for one.
        outlet.EmitUnpaired(ref _flow, message, target);
    }

    private bool ReadRecord(uint format, ReadOnlySpan<byte> record, long received)
    {
        _flow.Start = received;
        _flow.Duration = 0;
        _flow.ForwardPackets = 1;
        _flow.ReversePackets = _flow.ReverseBytes = -1;
        _flow.ForwardFlags = _flow.ReverseFlags = -1;
        _flow.SamplingInterval = 1;
        return format switch
        {
            RawHeader => ReadRawHeader(record),
            SampledIPv4 => ReadSampledIP(record, 4),
            SampledIPv6 => ReadSampledIP(record, 16),
            _ => false,
        };
    }

    // Packets that the agent took apart itself: length, protocol, addresses, ports, flags.
    private bool ReadSampledIP(ReadOnlySpan<byte> record, int addressLength)
    {
        if (record.Length < 8 + (2 * addressLength) + 12)
        {
            return false;
        }

        var ends = record[(8 + (2 * addressLength))..];
        _flow.ForwardBytes = BinaryPrimitives.ReadUInt32BigEndian(record);
        _flow.Protocol = (byte)BinaryPrimitives.ReadUInt32BigEndian(record[4..]);
        _flow.Source = AddressAt(record[8..], addressLength);
        _flow.Destination = AddressAt(record[(8 + addressLength)..], addressLength);
        _flow.SourcePort = (ushort)BinaryPrimitives.ReadUInt32BigEndian(ends);
        _flow.DestinationPort = (ushort)BinaryPrimitives.ReadUInt32BigEndian(ends[4..]);
        if (_flow.Protocol == IpProtocols.Tcp)
        {
            _flow.ForwardFlags = (short)(BinaryPrimitives.ReadUInt32BigEndian(ends[8..]) & 0xFF);
        }
        else if (!IpProtocols.HasPorts(_flow.Protocol))
        {
            _flow.SourcePort = _flow.DestinationPort = -1;
        }

        return true;
    }

    // Kind of header, length on the wire, bytes taken off, length of the header, and the header.
    private bool ReadRawHeader(ReadOnlySpan<byte> record)
    {
        if (record.Length < 16)
        {
            return false;
        }

        var link = BinaryPrimitives.ReadUInt32BigEndian(record) switch
        {
            1 => LinkType.Ethernet,
            7 => LinkType.Ppp,
            11 => LinkType.IPv4,
            12 => LinkType.IPv6,
            _ => (LinkType)ushort.MaxValue,
        };
        var captured = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(record[12..]), (uint)record.Length - 16);
        var length = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(record[4..]), int.MaxValue);
        return SampledPacket.TryRead(record.Slice(16, captured), length, link, ref _flow);
    }

    private static IpAddressValue AddressAt(ReadOnlySpan<byte> bytes, int length) =>
        length == 4 ? IpAddressValue.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes)) : IpAddressValue.FromBytes(bytes);
}
