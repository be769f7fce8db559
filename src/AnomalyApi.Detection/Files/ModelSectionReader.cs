using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace AnomalyApi.Detection.Files;

/// <summary>Reads the fields of one section of a model file in the order they were written. Every length is checked before it is believed.</summary>
/// <param name="name">Name of the section, for error texts.</param>
/// <param name="bytes">The section's content.</param>
public sealed class ModelSectionReader(string name, ReadOnlyMemory<byte> bytes)
{
    private int _position;

    /// <summary>Reads 4 bytes.</summary>
    /// <exception cref="ModelFileException">The section ends too early.</exception>
    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    /// <summary>Reads 8 bytes.</summary>
    /// <exception cref="ModelFileException">The section ends too early.</exception>
    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    /// <summary>Reads 4 bytes.</summary>
    /// <exception cref="ModelFileException">The section ends too early.</exception>
    public float ReadSingle() => BitConverter.Int32BitsToSingle(ReadInt32());

    /// <summary>Reads 8 bytes.</summary>
    /// <exception cref="ModelFileException">The section ends too early.</exception>
    public double ReadDouble() => BitConverter.Int64BitsToDouble(ReadInt64());

    /// <summary>Reads a length, then UTF-8.</summary>
    /// <exception cref="ModelFileException">The section ends too early.</exception>
    public string ReadString() => Encoding.UTF8.GetString(Take(ReadInt32()));

    /// <summary>Reads a count, then the values.</summary>
    /// <exception cref="ModelFileException">The section ends too early.</exception>
    public T[] ReadArray<T>()
        where T : unmanaged
    {
        var count = ReadInt32();
        return MemoryMarshal.Cast<byte, T>(Take((long)count * Unsafe.SizeOf<T>())).ToArray();
    }

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count < 0 || count > bytes.Length - _position)
        {
            throw new ModelFileException($"Section '{name}' ends too early: {count} bytes asked for at {_position} of {bytes.Length}.");
        }

        var taken = bytes.Span.Slice(_position, (int)count);
        _position += (int)count;
        return taken;
    }
}
