using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace AnomalyApi.Detection.Files;

/// <summary>Writes the fields of one section of a model file, little-endian, in the order the reader asks for them.</summary>
public sealed class ModelSectionWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Writes 4 bytes.</summary>
    public void WriteInt32(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        _bytes.Write(bytes);
    }

    /// <summary>Writes 8 bytes.</summary>
    public void WriteInt64(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        _bytes.Write(bytes);
    }

    /// <summary>Writes 4 bytes.</summary>
    public void WriteSingle(float value) => WriteInt32(BitConverter.SingleToInt32Bits(value));

    /// <summary>Writes 8 bytes.</summary>
    public void WriteDouble(double value) => WriteInt64(BitConverter.DoubleToInt64Bits(value));

    /// <summary>Writes the length in bytes, then UTF-8.</summary>
    public void WriteString(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        WriteInt32(bytes.Length);
        _bytes.Write(bytes);
    }

    /// <summary>Writes the count, then the values. Only primitive numbers.</summary>
    public void WriteArray<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Model files are little-endian, as is every platform .NET 10 runs on but s390x.");
        }

        WriteInt32(values.Length);
        _bytes.Write(MemoryMarshal.AsBytes(values));
    }

    /// <summary>What was written so far.</summary>
    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();
}
