using System.Net;

namespace AnomalyApi.Testing;

/// <summary>Makes datagrams of NetFlow, IPFIX and sFlow by hand: numbers in network byte order, one behind the other.</summary>
public sealed class ExportWriter
{
    private readonly List<byte> _bytes = [];

    /// <summary>Bytes written so far.</summary>
    public int Length => _bytes.Count;

    /// <summary>What was written.</summary>
    public byte[] ToArray() => [.. _bytes];

    /// <summary>Adds bytes.</summary>
    public ExportWriter U8(params ReadOnlySpan<int> values)
    {
        foreach (var value in values)
        {
            _bytes.Add((byte)value);
        }

        return this;
    }

    /// <summary>Adds numbers of 16 bits.</summary>
    public ExportWriter U16(params ReadOnlySpan<int> values)
    {
        foreach (var value in values)
        {
            U8(value >> 8, value);
        }

        return this;
    }

    /// <summary>Adds numbers of 32 bits.</summary>
    public ExportWriter U32(params ReadOnlySpan<long> values)
    {
        foreach (var value in values)
        {
            U16((int)(value >> 16) & 0xFFFF, (int)value & 0xFFFF);
        }

        return this;
    }

    /// <summary>Adds numbers of 64 bits.</summary>
    public ExportWriter U64(params ReadOnlySpan<long> values)
    {
        foreach (var value in values)
        {
            U32(value >> 32, value);
        }

        return this;
    }

    /// <summary>Adds addresses, in four or sixteen bytes.</summary>
    public ExportWriter Address(params ReadOnlySpan<string> addresses)
    {
        foreach (var address in addresses)
        {
            Bytes(IPAddress.Parse(address).GetAddressBytes());
        }

        return this;
    }

    /// <summary>Adds bytes as they are.</summary>
    public ExportWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>Adds a set of NetFlow v9 or IPFIX: its number, its length and what is in it.</summary>
    public ExportWriter Set(int id, ExportWriter content) => U16(id, content.Length + 4).Bytes(content.ToArray());

    /// <summary>A template of elements and their lengths.</summary>
    public static ExportWriter Template(int id, params ReadOnlySpan<(int Element, int Length)> fields)
    {
        var template = new ExportWriter().U16(id, fields.Length);
        foreach (var (element, length) in fields)
        {
            template.U16(element, length);
        }

        return template;
    }

    /// <summary>A datagram of NetFlow v5.</summary>
    public static byte[] V5(long unixSeconds, long uptime, long sequence, int sampling, params ReadOnlySpan<ExportWriter> records)
    {
        var datagram = new ExportWriter().U16(5, records.Length).U32(uptime, unixSeconds, 0, sequence).U8(0, 0).U16(sampling);
        foreach (var record in records)
        {
            datagram.Bytes(record.ToArray());
        }

        return datagram.ToArray();
    }

    /// <summary>A record of NetFlow v5.</summary>
    public static ExportWriter V5Record(
        string source, string destination, int sourcePort, int destinationPort, int protocol, long packets, long bytes, long first, long last, int flags = 0) =>
        new ExportWriter().Address(source, destination, "0.0.0.0").U16(1, 2).U32(packets, bytes, first, last).U16(sourcePort, destinationPort)
            .U8(0, flags, protocol, 0).U16(0, 0).U8(24, 24).U16(0);

    /// <summary>A packet of NetFlow v9.</summary>
    public static byte[] V9(long unixSeconds, long uptime, long sequence, long domain, ExportWriter sets, int count = 1) =>
        new ExportWriter().U16(9, count).U32(uptime, unixSeconds, sequence, domain).Bytes(sets.ToArray()).ToArray();

    /// <summary>A message of IPFIX.</summary>
    public static byte[] Ipfix(long unixSeconds, long sequence, long domain, ExportWriter sets) =>
        new ExportWriter().U16(10, 16 + sets.Length).U32(unixSeconds, sequence, domain).Bytes(sets.ToArray()).ToArray();

    /// <summary>A datagram of sFlow v5.</summary>
    public static byte[] SFlow(string agent, long sequence, long uptime, params ReadOnlySpan<(int Format, ExportWriter Sample)> samples)
    {
        var datagram = new ExportWriter().U32(5, IPAddress.Parse(agent).GetAddressBytes().Length == 4 ? 1 : 2).Address(agent).U32(0, sequence, uptime, samples.Length);
        foreach (var (format, sample) in samples)
        {
            datagram.U32(format, sample.Length).Bytes(sample.ToArray());
        }

        return datagram.ToArray();
    }
}
