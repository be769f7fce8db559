using System.Security.Cryptography;
using System.Text;

namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>Writes down what exporters said about their records, and reads it again: magic, version, domains, SHA-256 of it all.</summary>
internal static class TemplateStore
{
    private const int Version = 1;

    private static ReadOnlySpan<byte> Magic => "ANFT"u8;

    public static byte[] Save(IEnumerable<ExporterState> exporters)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(Version);
        foreach (var domain in exporters.SelectMany(exporter => exporter.Domains).Where(IsWorthKeeping))
        {
            Write(writer, domain);
        }

        writer.Flush();
        writer.Write(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        writer.Flush();
        return stream.ToArray();
    }

    public static int Restore(ReadOnlySpan<byte> saved, Func<IpAddressValue, ExporterState> exporterOf, TemplateSets sets)
    {
        if (saved.Length < Magic.Length + sizeof(int) + SHA256.HashSizeInBytes)
        {
            return 0;
        }

        var content = saved[..^SHA256.HashSizeInBytes];
        if (!content.StartsWith(Magic) || !SHA256.HashData(content).AsSpan().SequenceEqual(saved[^SHA256.HashSizeInBytes..]))
        {
            return 0;
        }

        using var reader = new BinaryReader(new MemoryStream(content[Magic.Length..].ToArray()));
        var taken = 0;
        try
        {
            if (reader.ReadInt32() != Version)
            {
                return 0;
            }

            while (reader.BaseStream.Position < reader.BaseStream.Length)
            {
                taken += Read(reader, exporterOf, sets);
            }
        }
        catch (EndOfStreamException)
        {
            // A count that cannot be: what was read before it stands.
        }

        return taken;
    }

    private static bool IsWorthKeeping(ExportDomain domain) => domain.Templates.Count > 0 || domain.Sampling is not null || domain.SystemInit != 0;

    private static void Write(BinaryWriter writer, ExportDomain domain)
    {
        writer.Write(domain.Exporter.Address.ToBytes());
        writer.Write(domain.Version);
        writer.Write(domain.Id);
        writer.Write(domain.SystemInit);
        writer.Write(domain.Sampling?.Default ?? 1);
        Write(writer, domain.Sampling?.OfSamplers);
        Write(writer, domain.Sampling?.OfInterfaces);
        writer.Write(domain.Templates.Count);
        foreach (var template in domain.Templates.Values)
        {
            writer.Write(template.Id);
            writer.Write(template.IsOptions);
            writer.Write(template.FieldCount);
            writer.Write(template.ScopeCount);
            writer.Write(template.Raw.Length);
            writer.Write(template.Raw);
        }
    }

    private static void Write(BinaryWriter writer, Dictionary<ulong, int>? intervals)
    {
        writer.Write(intervals?.Count ?? 0);
        foreach (var (key, interval) in intervals ?? [])
        {
            writer.Write(key);
            writer.Write(interval);
        }
    }

    private static int Read(BinaryReader reader, Func<IpAddressValue, ExporterState> exporterOf, TemplateSets sets)
    {
        var bytes = reader.ReadBytes(IpAddressValue.Size);
        if (bytes.Length < IpAddressValue.Size || exporterOf(IpAddressValue.FromBytes(bytes)).Domain(reader.ReadByte(), reader.ReadUInt32()) is not { } domain)
        {
            throw new EndOfStreamException();
        }

        domain.SystemInit = reader.ReadInt64();
        var rates = new SamplingRates();
        rates.Set(reader.ReadInt32());
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            rates.SetSampler(reader.ReadUInt64(), reader.ReadInt32());
        }

        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            rates.SetInterface(reader.ReadUInt64(), reader.ReadInt32());
        }

        domain.Sampling = rates.Default > 1 || rates.OfSamplers.Count + rates.OfInterfaces.Count > 0 ? rates : null;
        var taken = 0;
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            taken += ReadTemplate(reader, domain, sets) ? 1 : 0;
        }

        return taken;
    }

    private static bool ReadTemplate(BinaryReader reader, ExportDomain domain, TemplateSets sets)
    {
        var id = reader.ReadUInt16();
        var isOptions = reader.ReadBoolean();
        var fieldCount = reader.ReadInt32();
        var scopeCount = reader.ReadInt32();
        var length = reader.ReadInt32();
        if (length is < 0 or > TemplateCompiler.MaxFields * 8)
        {
            throw new EndOfStreamException();
        }

        var raw = reader.ReadBytes(length);
        return fieldCount is > 0 and <= TemplateCompiler.MaxFields && scopeCount >= 0 && scopeCount <= fieldCount
            && TemplateCompiler.LengthOfFields(raw, fieldCount, domain.Version == 10) == raw.Length
            && sets.Restore(domain, id, raw, fieldCount, scopeCount, isOptions);
    }
}
