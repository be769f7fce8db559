using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace AnomalyApi.Detection.Files;

/// <summary>Reads the fields of one section of a model file in the order they were written. Every length is checked before it is
/// believed.</summary>
/// <param name="name">Name of the section, for error texts.</param>
/// <param name="bytes">The section's content.</param>
public sealed class ModelSectionReader(string name, ReadOnlyMemory<byte> bytes)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private int _position;

    /// <summary>Reads 4 bytes.</summary>
    /// <exception cref="ModelFileException">The section ends too early.</exception>
    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    /// <summary>Reads 4 bytes that must lie in a range.</summary>
    /// <param name="what">What is read, for the error text.</param>
    /// <exception cref="ModelFileException">The section ends too early, or the value is out of range.</exception>
    public int ReadInt32(int min, int max, string what)
    {
        var value = ReadInt32();
        return value >= min && value <= max
            ? value
            : throw new ModelFileException($"Section '{name}': {what} is {value}; allowed is {min} to {max}.");
    }

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
    /// <exception cref="ModelFileException">The section ends too early, or the text is not UTF-8.</exception>
    public string ReadString()
    {
        try
        {
            return StrictUtf8.GetString(Take(ReadInt32()));
        }
        catch (DecoderFallbackException)
        {
            throw new ModelFileException($"Section '{name}' holds a text that is not UTF-8.");
        }
    }

    /// <summary>Reads a count, then the values.</summary>
    /// <exception cref="ModelFileException">The section ends too early.</exception>
    public T[] ReadArray<T>()
        where T : unmanaged
    {
        var count = ReadInt32();
        return MemoryMarshal.Cast<byte, T>(Take((long)count * Unsafe.SizeOf<T>())).ToArray();
    }

    /// <summary>Reads a count, which must be <paramref name="length"/>, then the values.</summary>
    /// <param name="what">What is read, for the error text.</param>
    /// <exception cref="ModelFileException">The section ends too early, or there are more or fewer values.</exception>
    public T[] ReadArray<T>(int length, string what)
        where T : unmanaged
    {
        var values = ReadArray<T>();
        return values.Length == length
            ? values
            : throw new ModelFileException($"Section '{name}': {values.Length} {what}; {length} are needed.");
    }

    /// <summary>Ends the reading of a section.</summary>
    /// <exception cref="ModelFileException">Something was left unread, so writer and reader do not agree.</exception>
    public void End()
    {
        if (_position != bytes.Length)
            throw new ModelFileException($"Section '{name}' has {bytes.Length} bytes, of which only {_position} were expected.");
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
