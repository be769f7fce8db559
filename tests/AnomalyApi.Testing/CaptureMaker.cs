using System.Buffers.Binary;

namespace AnomalyApi.Testing;

/// <summary>Writes packets as a capture file, pcap or pcapng, for tests and benchmarks.</summary>
public static class CaptureMaker
{
    /// <summary>Classic pcap. Times are microseconds since 1970.</summary>
    /// <param name="snapLength">Bytes kept of each packet.</param>
    public static byte[] Pcap(
        IEnumerable<(long Time, byte[] Frame)> packets, int link = 1, bool littleEndian = true, bool nanoseconds = false, int snapLength = 262_144)
    {
        var writer = new Writer(littleEndian);
        writer.UInt32(nanoseconds ? 0xA1B23C4D : 0xA1B2C3D4).UInt16(2).UInt16(4).UInt32(0).UInt32(0).UInt32((uint)snapLength).UInt32((uint)link);
        foreach (var (time, frame) in packets)
        {
            var kept = Math.Min(frame.Length, snapLength);
            writer.UInt32((uint)(time / 1_000_000)).UInt32((uint)(time % 1_000_000 * (nanoseconds ? 1000 : 1)))
                .UInt32((uint)kept).UInt32((uint)frame.Length).Bytes(frame.AsSpan(0, kept));
        }

        return writer.ToArray();
    }

    /// <summary>The block that begins a section of pcapng.</summary>
    public static byte[] Section(bool littleEndian = true) =>
        Block(0x0A0D0D0A, littleEndian, body => body.UInt32(0x1A2B3C4D).UInt16(1).UInt16(0).UInt32(uint.MaxValue).UInt32(uint.MaxValue));

    /// <summary>An interface of pcapng.</summary>
    /// <param name="resolution">Of its clock: a power of ten, or of two with the highest bit set.</param>
    /// <param name="offsetSeconds">Added to its times.</param>
    public static byte[] Interface(int link = 1, byte resolution = 6, long offsetSeconds = 0, bool littleEndian = true, int snapLength = 0) =>
        Block(1, littleEndian, body =>
        {
            body.UInt16((ushort)link).UInt16(0).UInt32((uint)snapLength);
            body.UInt16(9).UInt16(1).Bytes([resolution, 0, 0, 0]);
            body.UInt16(14).UInt16(8).UInt64((ulong)offsetSeconds);
            body.UInt16(0).UInt16(0);
        });

    /// <summary>A packet of pcapng with its time in units of the interface's clock, and a comment behind it.</summary>
    public static byte[] EnhancedPacket(ulong units, byte[] frame, int device = 0, bool littleEndian = true) =>
        Block(6, littleEndian, body =>
        {
            body.UInt32((uint)device).UInt32((uint)(units >> 32)).UInt32((uint)units).UInt32((uint)frame.Length).UInt32((uint)frame.Length).Padded(frame);
            body.UInt16(1).UInt16(2).Bytes("hi\0\0"u8).UInt16(0).UInt16(0);
        });

    /// <summary>A packet of pcapng without a time.</summary>
    public static byte[] SimplePacket(byte[] frame, bool littleEndian = true) =>
        Block(3, littleEndian, body => body.UInt32((uint)frame.Length).Padded(frame));

    /// <summary>A packet as early writers of pcapng wrote it.</summary>
    public static byte[] ObsoletePacket(ulong units, byte[] frame, int device = 0, bool littleEndian = true) =>
        Block(2, littleEndian, body => body.UInt16((ushort)device).UInt16(0).UInt32((uint)(units >> 32)).UInt32((uint)units)
            .UInt32((uint)frame.Length).UInt32((uint)frame.Length).Padded(frame));

    /// <summary>A block of another type.</summary>
    public static byte[] OtherBlock(uint type, byte[] content, bool littleEndian = true) => Block(type, littleEndian, body => body.Padded(content));

    private static byte[] Block(uint type, bool littleEndian, Action<Writer> write)
    {
        var body = new Writer(littleEndian);
        write(body);
        var content = body.ToArray();
        var length = (uint)(content.Length + 12);
        return new Writer(littleEndian).UInt32(type).UInt32(length).Bytes(content).UInt32(length).ToArray();
    }

    private sealed class Writer(bool littleEndian)
    {
        private readonly List<byte> _bytes = [];

        public Writer Bytes(ReadOnlySpan<byte> bytes)
        {
            _bytes.AddRange(bytes);
            return this;
        }

        public Writer Padded(ReadOnlySpan<byte> bytes) => Bytes(bytes).Bytes(new byte[-bytes.Length & 3]);

        public Writer UInt16(ushort value)
        {
            Span<byte> bytes = stackalloc byte[2];
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, littleEndian ? value : BinaryPrimitives.ReverseEndianness(value));
            return Bytes(bytes);
        }

        public Writer UInt32(uint value)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, littleEndian ? value : BinaryPrimitives.ReverseEndianness(value));
            return Bytes(bytes);
        }

        public Writer UInt64(ulong value)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, littleEndian ? value : BinaryPrimitives.ReverseEndianness(value));
            return Bytes(bytes);
        }

        public byte[] ToArray() => [.. _bytes];
    }
}
