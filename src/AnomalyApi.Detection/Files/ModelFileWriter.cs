using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AnomalyApi.Detection.Files;

/// <summary>Puts named sections into one model file. Not thread-safe.</summary>
/// <remarks>
/// Layout, little-endian: the magic <c>ANOMALYM</c>; format version (2 bytes); number of sections (4); for each section the length of its
/// name (4), the name in UTF-8, the length of its content (4) and the content; at the end SHA-256 over everything before it (32).
/// </remarks>
public sealed class ModelFileWriter
{
    private readonly List<(string Name, ModelSectionWriter Content)> _sections = [];

    /// <summary>Begins a section; it may be filled until the file is made.</summary>
    /// <exception cref="ArgumentException">The name is empty or was used before.</exception>
    public ModelSectionWriter Section(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (_sections.Any(section => section.Name == name))
            throw new ArgumentException($"There is a section '{name}' already.", nameof(name));

        var content = new ModelSectionWriter();
        _sections.Add((name, content));
        return content;
    }

    /// <summary>The whole file. The same sections give the same bytes.</summary>
    public byte[] ToArray()
    {
        var file = new ArrayBufferWriter<byte>();
        file.Write(ModelFileReader.Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(file.GetSpan(2), ModelFileReader.FormatVersion);
        file.Advance(2);
        WriteInt32(file, _sections.Count);
        foreach (var (name, content) in _sections)
        {
            var nameBytes = Encoding.UTF8.GetBytes(name);
            var contentBytes = content.ToArray();
            WriteInt32(file, nameBytes.Length);
            file.Write(nameBytes);
            WriteInt32(file, contentBytes.Length);
            file.Write(contentBytes);
        }

        file.Write(SHA256.HashData(file.WrittenSpan));
        return file.WrittenSpan.ToArray();
    }

    private static void WriteInt32(ArrayBufferWriter<byte> file, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(file.GetSpan(4), value);
        file.Advance(4);
    }
}
