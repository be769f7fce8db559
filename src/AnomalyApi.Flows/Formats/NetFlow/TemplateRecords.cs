using System.Buffers.Binary;
using AnomalyApi.Flows.Packets;

namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>Reads the data sets of NetFlow v9 and IPFIX by their templates.</summary>
/// <remarks>Every value is read as the last bytes of an eight byte number and masked, so that a record is one short loop: what a field is good for was
/// decided when its template came. The eight bytes always lie in the buffer, since a header of sixteen or more stands before the first record.</remarks>
internal sealed class TemplateRecords(FlowOutlet outlet)
{
    private const byte FirewallFlowCreated = 1;
    private const byte ReverseInitiator = 2;
    private const long MicrosecondsPerSecond = 1_000_000;
    private const long MissingTime = -1;
    private const long SecondsFrom1900To1970 = 2_208_988_800;

    private readonly ulong[] _slots = new ulong[TemplateSlot.Count];
    private ExportedFlow _flow;

    /// <summary>Reads the records of a set; what is left behind the last is padding.</summary>
    /// <param name="buffer">Holds the set, and at least sixteen bytes before it.</param>
    /// <param name="start">Where the first record begins.</param>
    /// <param name="end">Where the set ends.</param>
    /// <returns>How many records there were.</returns>
    public int Read(ReadOnlySpan<byte> buffer, int start, int end, FlowTemplate template, in ExportMessage message, FlowReadTarget target)
    {
        Array.Clear(_slots);
        var count = 0;
        var at = start;
        if (template.Walk is null)
        {
            var length = template.RecordLength;
            for (; at + length <= end; at += length)
            {
                count++;
                foreach (ref readonly var step in template.Steps.AsSpan())
                {
                    _slots[step.Slot] = (BinaryPrimitives.ReadUInt64BigEndian(buffer[(at + step.End - 8)..]) & step.Mask) | step.Or;
                }

                Use(buffer, template, message, message.Offset + at, target);
            }

            return count;
        }

        while (at + template.RecordLength <= end)
        {
            var next = Walk(buffer, at, end, template);
            if (next < 0)
            {
                // Shorter than the shortest record would be padding; this one says that it is longer than what is left.
                message.Domain.Exporter.Records++;
                outlet.CountRecord();
                outlet.Reject(message, at, "a record is longer than its set.", target);
                return count;
            }

            count++;
            Use(buffer, template, message, message.Offset + at, target);
            at = next;
        }

        return count;
    }

    // Fields whose length the record says. Returns where the record ends; -1 when that is behind the set.
    private int Walk(ReadOnlySpan<byte> buffer, int at, int end, FlowTemplate template)
    {
        foreach (ref readonly var field in template.Walk.AsSpan())
        {
            var length = (int)field.Length;
            if (template.IsIpfix && length == FlowTemplate.VariableLength)
            {
                if (at >= end)
                {
                    return -1;
                }

                length = buffer[at++];
                if (length == 255)
                {
                    if (at + 2 > end)
                    {
                        return -1;
                    }

                    length = BinaryPrimitives.ReadUInt16BigEndian(buffer[at..]);
                    at += 2;
                }
            }

            at += length;
            if (at > end)
            {
                return -1;
            }

            for (var i = 0; i < field.StepCount; i++)
            {
                ref readonly var step = ref template.Steps[field.FirstStep + i];
                if (step.Slot == TemplateSlot.SectionEnd)
                {
                    _slots[TemplateSlot.SectionEnd] = (ulong)at;
                    _slots[TemplateSlot.SectionLength] = (ulong)length;
                }
                else
                {
                    var mask = field.Length == FlowTemplate.VariableLength ? length == 0 ? 0 : TemplateCompiler.MaskOf(length) : step.Mask;
                    _slots[step.Slot] = (BinaryPrimitives.ReadUInt64BigEndian(buffer[(at + step.End - 8)..]) & mask) | step.Or;
                }
            }
        }

        return at;
    }

    private void Use(ReadOnlySpan<byte> buffer, FlowTemplate template, in ExportMessage message, long offset, FlowReadTarget target)
    {
        if (template.IsOptions)
        {
            message.Domain.Exporter.OptionsRecords++;
            TemplateOptions.Learn(_slots, template, message.Domain);
            target.Skip("options records");
            return;
        }

        message.Domain.Exporter.Records++;
        outlet.CountRecord();
        if (NotAFlow(template) is { } kind)
        {
            FlowOutlet.Skip(message, kind, target);
            return;
        }

        ref var flow = ref _flow;
        var counts = ReadCounts(template, ref flow);
        if (HasAddresses(template))
        {
            ReadEnds(template, ref flow);
        }
        else if (!ReadSection(buffer, template, ref flow))
        {
            FlowOutlet.Skip(message, "packets without IP", target);
            return;
        }

        if (!counts || !ReadTimes(template, message, ref flow))
        {
            outlet.Reject(message, (int)(offset - message.Offset), "a count is above 2^53 or a time is not between the years 1970 and 2200.", target);
            return;
        }

        flow.SamplingInterval = 1;
        flow.Scale(TemplateOptions.SamplingOf(_slots, template, message.Domain));
        if (!flow.IsOneWay)
        {
            TurnToOriginator(template, ref flow);
        }

        outlet.Emit(ref flow, message, target);
    }

    private string? NotAFlow(FlowTemplate template)
    {
        const ulong events = (1UL << TemplateSlot.FirewallEvent) | (1UL << TemplateSlot.NatEvent);
        const ulong counts = (1UL << TemplateSlot.Packets) | (1UL << TemplateSlot.Bytes);
        if (!HasAddresses(template) && !template.Has(TemplateSlot.SectionEnd))
        {
            return "records without addresses";
        }

        if ((template.Present & events) == 0)
        {
            return null;
        }

        // The end of the flow comes with its counts; a firewall that counts from the first event on has some here.
        return template.Has(TemplateSlot.FirewallEvent) && _slots[TemplateSlot.FirewallEvent] == FirewallFlowCreated
            && (_slots[TemplateSlot.Packets] | _slots[TemplateSlot.Bytes]) == 0 ? "flow creation events"
            : template.Has(TemplateSlot.NatEvent) && (template.Present & counts) == 0 ? "translation events" : null;
    }

    private static bool HasAddresses(FlowTemplate template)
    {
        const ulong source = (1UL << TemplateSlot.Source4) | (1UL << TemplateSlot.SourceHigh);
        const ulong destination = (1UL << TemplateSlot.Destination4) | (1UL << TemplateSlot.DestinationHigh);
        return (template.Present & source) != 0 && (template.Present & destination) != 0;
    }

    // Exporters that only sample send the packet itself.
    private bool ReadSection(ReadOnlySpan<byte> buffer, FlowTemplate template, ref ExportedFlow flow)
    {
        var length = (int)_slots[TemplateSlot.SectionLength];
        var section = buffer.Slice((int)_slots[TemplateSlot.SectionEnd] - length, length);
        var link = !template.SectionIsIp ? LinkType.Ethernet : section is [var first, ..] && first >> 4 == 6 ? LinkType.IPv6 : LinkType.IPv4;
        var bytes = flow.ForwardBytes;
        if (!SampledPacket.TryRead(section, length, link, ref flow))
        {
            return false;
        }

        // What was measured goes before what the one packet says of itself.
        flow.ForwardPackets = flow.ForwardPackets < 0 ? 1 : flow.ForwardPackets;
        flow.ForwardBytes = bytes < 0 ? flow.ForwardBytes : bytes;
        return true;
    }

    private void ReadEnds(FlowTemplate template, ref ExportedFlow flow)
    {
        flow.Source = AddressOf(template, TemplateSlot.SourceHigh, TemplateSlot.Source4);
        flow.Destination = AddressOf(template, TemplateSlot.DestinationHigh, TemplateSlot.Destination4);
        flow.Protocol = template.Has(TemplateSlot.Protocol) ? (byte)_slots[TemplateSlot.Protocol] : IpProtocols.Reserved;
        flow.ForwardFlags = template.Has(TemplateSlot.Flags) ? (short)(_slots[TemplateSlot.Flags] & 0xFF) : (short)-1;
        flow.ReverseFlags = template.Has(TemplateSlot.ReverseFlags) ? (short)(_slots[TemplateSlot.ReverseFlags] & 0xFF) : (short)-1;
        if (IpProtocols.HasPorts(flow.Protocol) || flow.Protocol == IpProtocols.Reserved)
        {
            flow.SourcePort = template.Has(TemplateSlot.SourcePort) ? (ushort)_slots[TemplateSlot.SourcePort] : -1;
            flow.DestinationPort = template.Has(TemplateSlot.DestinationPort) ? (ushort)_slots[TemplateSlot.DestinationPort] : -1;
        }
        else if (IcmpTypes.IsIcmp(flow.Protocol))
        {
            ReadIcmp(template, ref flow);
        }
        else
        {
            flow.SourcePort = flow.DestinationPort = -1;
        }
    }

    // Some exporters send both address families in one record and leave the other one empty.
    private IpAddressValue AddressOf(FlowTemplate template, int high, int slot4)
    {
        var address = new IpAddressValue(_slots[high], _slots[high + 1]);
        return template.Has(slot4) && address == default ? new IpAddressValue(0, _slots[slot4]) : address;
    }

    private void ReadIcmp(FlowTemplate template, ref ExportedFlow flow)
    {
        if (template.Has(TemplateSlot.IcmpType))
        {
            flow.SourcePort = (byte)_slots[TemplateSlot.IcmpType];
            flow.DestinationPort = template.Has(TemplateSlot.IcmpCode) ? (byte)_slots[TemplateSlot.IcmpCode] : 0;
            return;
        }

        var both = -1;
        if (template.Has(TemplateSlot.IcmpTypeCode))
        {
            both = (ushort)_slots[TemplateSlot.IcmpTypeCode];
        }

        if (both <= 0 && template.Has(TemplateSlot.DestinationPort))
        {
            both = (ushort)_slots[TemplateSlot.DestinationPort];
        }

        flow.SourcePort = both < 0 ? -1 : both >> 8;
        flow.DestinationPort = both < 0 ? -1 : both & 0xFF;
    }

    private bool ReadCounts(FlowTemplate template, ref ExportedFlow flow)
    {
        var packets = _slots[TemplateSlot.Packets];
        var bytes = _slots[TemplateSlot.Bytes];
        var reversePackets = _slots[TemplateSlot.ReversePackets];
        var reverseBytes = _slots[TemplateSlot.ReverseBytes];
        flow.ForwardPackets = template.Has(TemplateSlot.Packets) ? (long)packets : -1;
        flow.ForwardBytes = template.Has(TemplateSlot.Bytes) ? (long)bytes : -1;
        flow.ReversePackets = template.Has(TemplateSlot.ReversePackets) ? (long)reversePackets : -1;
        flow.ReverseBytes = template.Has(TemplateSlot.ReverseBytes) ? (long)reverseBytes : -1;
        return (packets | bytes | reversePackets | reverseBytes) <= FlowValues.LargestCount;
    }

    private bool ReadTimes(FlowTemplate template, in ExportMessage message, ref ExportedFlow flow)
    {
        var start = template.StartUnit == TimeUnit.None ? MissingTime : TimeOf(template.StartUnit, _slots[TemplateSlot.Start], template, message);
        var end = template.EndUnit == TimeUnit.None ? MissingTime : TimeOf(template.EndUnit, _slots[TemplateSlot.End], template, message);
        var duration = template.DurationUnit == TimeUnit.None
            ? -1 : (long)Math.Min(_slots[TemplateSlot.Duration], FlowValues.LongestDuration) * (template.DurationUnit == TimeUnit.Milliseconds ? 1000 : 1);
        if (start == MissingTime && template.StartUnit == TimeUnit.Uptime && template.EndUnit == TimeUnit.Uptime)
        {
            // Uptimes of an exporter that does not say when it started: the flow ended when it was told.
            duration = Math.Max(0, unchecked((int)((uint)_slots[TemplateSlot.End] - (uint)_slots[TemplateSlot.Start]))) * 1000L;
            end = message.ExportTime;
        }

        if (start == MissingTime)
        {
            start = end == MissingTime ? message.ExportTime : end - Math.Max(0, duration);
        }
        else if (end >= start)
        {
            duration = end - start;
        }

        flow.Start = start;
        flow.Duration = duration > FlowValues.LongestDuration ? -1 : duration;
        return start is >= FlowTime.Earliest and < FlowTime.Latest;
    }

    private long TimeOf(TimeUnit unit, ulong value, FlowTemplate template, in ExportMessage message)
    {
        switch (unit)
        {
            case TimeUnit.Uptime when message.HasUptime:
                return message.TimeOfUptime((uint)value);
            case TimeUnit.Uptime:
                var init = template.Has(TemplateSlot.SystemInit) ? Scaled(_slots[TemplateSlot.SystemInit], 1000) : message.Domain.SystemInit;
                return init == 0 ? MissingTime : message.TimeOfUptime((uint)value, init);
            case TimeUnit.MicrosecondsBefore:
                return message.ExportTime - (uint)value;
            case TimeUnit.Ntp:
                var seconds = (long)(value >> 32) - SecondsFrom1900To1970;
                return value == 0 ? MissingTime
                    : ((seconds < 0 ? seconds + (1L << 32) : seconds) * MicrosecondsPerSecond) + (long)(((value & uint.MaxValue) * MicrosecondsPerSecond) >> 32);
            default:
                return value == 0 ? MissingTime : Scaled(value, unit == TimeUnit.Seconds ? MicrosecondsPerSecond : 1000);
        }
    }

    /// <summary>A time or duration in microseconds; one beyond all reason becomes the first that is refused.</summary>
    public static long Scaled(ulong value, long factor) => value > (ulong)(FlowTime.Latest / factor) ? FlowTime.Latest : (long)value * factor;

    // Forward is from the initiator (RFC 5103, section 5), unless the record says otherwise or the exporter plainly has no idea.
    private void TurnToOriginator(FlowTemplate template, ref ExportedFlow flow)
    {
        var direction = template.Has(TemplateSlot.BiflowDirection) ? _slots[TemplateSlot.BiflowDirection] : 0;
        var onlyAnswers = flow.ForwardPackets == 0 && flow.ReversePackets > 0;
        var fromServer = direction == 0 && !template.Has(TemplateSlot.FirewallEvent)
            && IpProtocols.HasPorts(flow.Protocol) && flow.SourcePort is > 0 and < 1024 && flow.DestinationPort >= 1024;
        if (direction == ReverseInitiator || onlyAnswers || fromServer)
        {
            flow.TurnAround();
        }
    }
}
