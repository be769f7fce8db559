using System.Buffers.Binary;

namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>Walks through the sets of a NetFlow v9 packet or an IPFIX message: learns templates, reads data, holds what has no template yet.</summary>
internal sealed class TemplateSets(NetFlowDecoderOptions options, FlowOutlet outlet)
{
    private const int SetHeader = 4;
    private const int FirstDataSet = 256;
    private const int MostFields = 1_000_000;

    private readonly TemplateRecords _records = new(outlet);
    private int _fields;

    /// <summary>Sets that wait for their template.</summary>
    public HeldSets Held { get; } = new(options);

    /// <summary>Templates known, over all exporters.</summary>
    public int Templates { get; private set; }

    /// <summary>Reads the sets from <paramref name="at"/> to the end of the datagram.</summary>
    /// <param name="records">Receives how many data records there were; -1 when one set could not be counted.</param>
    /// <returns>Null, or what is wrong with the datagram and where.</returns>
    public string? Read(ReadOnlySpan<byte> datagram, int at, in ExportMessage message, FlowReadTarget target, out int records)
    {
        var isIpfix = message.Domain.Version == 10;
        string? fault = null;
        records = 0;
        while (at + SetHeader <= datagram.Length)
        {
            var id = BinaryPrimitives.ReadUInt16BigEndian(datagram[at..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(datagram[(at + 2)..]);
            if (length < SetHeader || at + length > datagram.Length)
            {
                // Some exporters fill their packets up with zeros.
                return !datagram[at..].ContainsAnyExcept((byte)0) ? fault
                    : $"Byte {message.Offset + at}: a set of {length} bytes, where {datagram.Length - at} are left.";
            }

            var set = datagram[..(at + length)];
            if (id >= FirstDataSet)
            {
                var read = ReadData(set, at + SetHeader, id, message, target);
                records = read < 0 || records < 0 ? -1 : records + read;
            }
            else if (id == (isIpfix ? 2 : 0) || id == (isIpfix ? 3 : 1))
            {
                fault ??= ReadTemplates(set, at + SetHeader, isOptions: id == (isIpfix ? 3 : 1), message, target);
            }
            else
            {
                fault ??= $"Byte {message.Offset + at}: {id} is no kind of set.";
            }

            at += length;
        }

        return fault;
    }

    /// <summary>Takes a template that was kept over a restart.</summary>
    /// <returns>Whether it was sound and there was room.</returns>
    public bool Restore(ExportDomain domain, ushort id, ReadOnlySpan<byte> raw, int fieldCount, int scopeCount, bool isOptions) =>
        Define(domain, id, raw, fieldCount, scopeCount, isOptions) is null;

    /// <summary>Forgets the templates of an exporter.</summary>
    public void Forget(ExporterState exporter)
    {
        foreach (var domain in exporter.Domains)
        {
            foreach (var template in domain.Templates.Values)
            {
                Remove(domain, template);
            }
        }
    }

    private int ReadData(ReadOnlySpan<byte> set, int start, ushort id, in ExportMessage message, FlowReadTarget target)
    {
        if (message.Domain.Templates.TryGetValue(id, out var template))
        {
            return _records.Read(set, start, set.Length, template, message, target);
        }

        var exporter = message.Domain.Exporter;
        if (Held.Hold(set[start..], start, id, message))
        {
            exporter.SetsHeld++;
        }
        else
        {
            exporter.SetsExpired++;
            outlet.RejectPart(message.Offset + start, $"a data set for template {id} of domain {message.Domain.Id}, which has not come, and no room to hold it.", target);
        }

        return -1;
    }

    private string? ReadTemplates(ReadOnlySpan<byte> set, int at, bool isOptions, in ExportMessage message, FlowReadTarget target)
    {
        var isIpfix = message.Domain.Version == 10;
        // What is shorter than the shortest template is padding.
        while (at + (isOptions ? 6 : 4) <= set.Length)
        {
            var id = BinaryPrimitives.ReadUInt16BigEndian(set[at..]);
            int fieldCount = BinaryPrimitives.ReadUInt16BigEndian(set[(at + 2)..]);
            if (id == 0 && fieldCount == 0)
            {
                return null;
            }

            if (isIpfix && fieldCount == 0)
            {
                Withdraw(message.Domain, id, isOptions);
                at += 4;
                continue;
            }

            var start = at;
            var scopeCount = 0;
            at += 4;
            if (isOptions)
            {
                scopeCount = BinaryPrimitives.ReadUInt16BigEndian(set[at..]);
                at += 2;
                if (!isIpfix)
                {
                    // Here both are lengths in bytes, the scopes first.
                    (fieldCount, scopeCount) = ((fieldCount / 4) + (scopeCount / 4), fieldCount / 4);
                }
            }

            var length = TemplateCompiler.LengthOfFields(set[at..], fieldCount, isIpfix);
            if (length < 0 || id < FirstDataSet || fieldCount > TemplateCompiler.MaxFields || scopeCount > fieldCount)
            {
                message.Domain.Exporter.TemplatesRefused++;
                return $"Byte {message.Offset + start}: template {id} with {fieldCount} fields is cut off, or its number or its count of fields cannot be.";
            }

            if (Define(message.Domain, id, set.Slice(at, length), fieldCount, scopeCount, isOptions) is { } refusal)
            {
                message.Domain.Exporter.TemplatesRefused++;
                outlet.RejectPart(message.Offset + start, refusal, target);
            }
            else
            {
                ReadHeld(message, id, target);
            }

            at += length;
        }

        return null;
    }

    private string? Define(ExportDomain domain, ushort id, ReadOnlySpan<byte> raw, int fieldCount, int scopeCount, bool isOptions)
    {
        if (domain.Templates.TryGetValue(id, out var known))
        {
            // Exporters repeat their templates for ever.
            if (known.IsOptions == isOptions && known.ScopeCount == scopeCount && raw.SequenceEqual(known.Raw))
            {
                return null;
            }
        }
        else if (Templates >= options.MaxTemplates)
        {
            return $"template {id} of domain {domain.Id} is one more than the {options.MaxTemplates} that are remembered.";
        }

        if (_fields + fieldCount > MostFields)
        {
            return $"template {id} of domain {domain.Id} has {fieldCount} fields, and all templates together may have {MostFields}.";
        }

        if (TemplateCompiler.Compile(id, raw.ToArray(), fieldCount, scopeCount, isOptions, domain.Version == 10) is not { } template)
        {
            return $"template {id} of domain {domain.Id} describes records without length.";
        }

        if (known is not null)
        {
            Remove(domain, known);
        }

        domain.Templates[id] = template;
        domain.Exporter.Templates++;
        Templates++;
        _fields += fieldCount;
        return null;
    }

    // Number 2 stands for all templates, 3 for all of options (RFC 7011, section 8.1).
    private void Withdraw(ExportDomain domain, ushort id, bool isOptions)
    {
        foreach (var template in domain.Templates.Values)
        {
            if (template.IsOptions == isOptions && (template.Id == id || id == (isOptions ? 3 : 2)))
            {
                Remove(domain, template);
            }
        }
    }

    private void Remove(ExportDomain domain, FlowTemplate template)
    {
        domain.Templates.Remove(template.Id);
        domain.Exporter.Templates--;
        Templates--;
        _fields -= template.FieldCount;
    }

    private void ReadHeld(in ExportMessage message, ushort id, FlowReadTarget target)
    {
        while (Held.TryTake(message.Domain, id, out var held, out var buffer, out var start))
        {
            message.Domain.Exporter.SetsDecodedLate++;
            _records.Read(buffer, start, buffer.Length, message.Domain.Templates[id], held with { Received = message.Received }, target);
        }
    }
}
