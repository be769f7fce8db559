using System.Buffers.Binary;

namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>Makes templates ready for reading.</summary>
internal static class TemplateCompiler
{
    /// <summary>Most fields of one template; exporters send some dozens.</summary>
    public const int MaxFields = 1024;

    private const ulong MappedPrefix = 0x0000_FFFF_0000_0000;
    private const int EnterpriseBit = 0x8000;

    /// <summary>Bytes that the fields of a template take, from their first; -1 when they are cut off.</summary>
    public static int LengthOfFields(ReadOnlySpan<byte> bytes, int fieldCount, bool isIpfix)
    {
        if (!isIpfix)
        {
            return fieldCount * 4 <= bytes.Length ? fieldCount * 4 : -1;
        }

        var length = 0;
        for (var i = 0; i < fieldCount; i++)
        {
            if (length + 4 > bytes.Length)
            {
                return -1;
            }

            length += (BinaryPrimitives.ReadUInt16BigEndian(bytes[length..]) & EnterpriseBit) != 0 ? 8 : 4;
        }

        return length <= bytes.Length ? length : -1;
    }

    /// <summary>Makes a template; null when its records would have no length.</summary>
    /// <param name="raw">Exactly its fields.</param>
    public static FlowTemplate? Compile(ushort id, byte[] raw, int fieldCount, int scopeCount, bool isOptions, bool isIpfix)
    {
        var best = new (ElementUse Use, int Field)[TemplateSlot.Count];
        var fields = new TemplateField[fieldCount];
        var uses = new int[fieldCount];
        Array.Fill(uses, TemplateSlot.None);
        var minimum = 0;
        var walks = false;
        var sectionElement = 0;
        for (int i = 0, at = 0; i < fieldCount; i++)
        {
            var element = (int)BinaryPrimitives.ReadUInt16BigEndian(raw.AsSpan(at));
            var length = BinaryPrimitives.ReadUInt16BigEndian(raw.AsSpan(at + 2));
            at += 4;
            var enterprise = 0u;
            if (isIpfix && (element & EnterpriseBit) != 0)
            {
                enterprise = BinaryPrimitives.ReadUInt32BigEndian(raw.AsSpan(at));
                element &= EnterpriseBit - 1;
                at += 4;
            }

            var varies = isIpfix && length == FlowTemplate.VariableLength;
            walks |= varies;
            minimum += varies ? 1 : length;
            fields[i] = new TemplateField(length, 0, 0);
            var use = InformationElements.UseOf(enterprise, element, length, isScopeOfV9: !isIpfix && i < scopeCount);
            if (use.Slot == TemplateSlot.None || length == 0 || (best[use.Slot].Use.Priority >= use.Priority && best[use.Slot].Use != default))
            {
                continue;
            }

            if (best[use.Slot].Use != default)
            {
                uses[best[use.Slot].Field] = TemplateSlot.None;
            }

            best[use.Slot] = (use, i);
            uses[i] = use.Slot;
            if (use.Slot == TemplateSlot.SectionEnd)
            {
                walks = true;
                sectionElement = element;
            }
        }

        if (minimum == 0)
        {
            return null;
        }

        var (steps, present) = MakeSteps(fields, uses, walks);
        return new FlowTemplate
        {
            Id = id,
            IsIpfix = isIpfix,
            Raw = raw,
            FieldCount = fieldCount,
            ScopeCount = scopeCount,
            IsOptions = isOptions,
            RecordLength = minimum,
            Walk = walks ? fields : null,
            Steps = steps,
            Present = present,
            StartUnit = best[TemplateSlot.Start].Use.Unit,
            EndUnit = best[TemplateSlot.End].Use.Unit,
            DurationUnit = best[TemplateSlot.Duration].Use.Unit,
            SectionIsIp = sectionElement == InformationElements.IpHeaderSection,
        };
    }

    /// <summary>The bits of a value of that many bytes, when eight bytes are read that end with it.</summary>
    public static ulong MaskOf(int length) => length >= 8 ? ulong.MaxValue : (1UL << (8 * length)) - 1;

    private static (TemplateStep[] Steps, ulong Present) MakeSteps(TemplateField[] fields, int[] uses, bool walks)
    {
        var steps = new List<TemplateStep>();
        var present = 0UL;
        var offset = 0;
        for (var i = 0; i < fields.Length; i++)
        {
            offset += fields[i].Length;
            var slot = uses[i];
            if (slot == TemplateSlot.None)
            {
                continue;
            }

            var first = steps.Count;
            var end = walks ? 0 : offset;
            present |= 1UL << slot;
            if (slot is TemplateSlot.SourceHigh or TemplateSlot.DestinationHigh)
            {
                steps.Add(new TemplateStep(end - 8, slot, ulong.MaxValue, 0));
                steps.Add(new TemplateStep(end, slot + 1, ulong.MaxValue, 0));
            }
            else
            {
                steps.Add(new TemplateStep(
                    end, slot, MaskOf(fields[i].Length), slot is TemplateSlot.Source4 or TemplateSlot.Destination4 ? MappedPrefix : 0));
            }

            fields[i] = new TemplateField(fields[i].Length, (short)first, (short)(steps.Count - first));
        }

        return (steps.ToArray(), present);
    }
}
