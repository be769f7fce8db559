using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AnomalyApi.Detection.Files;

/// <summary>Reads a model file made by <see cref="ModelFileWriter"/>. Nothing is believed before the checksum holds.</summary>
/// <remarks>
/// The checksum finds damage, not malice: whoever can write the file can also compute it. So every length is still checked against the
/// bytes there are, and models check what they read. The bytes are not copied and must not change. Thread-safe.
/// </remarks>
public sealed class ModelFileReader
{
    /// <summary>The format this version writes. Version 2 added the preparation of the rows, which a reader of version 1 would leave out.</summary>
    internal const ushort FormatVersion = 2;

    /// <summary>The oldest format this version reads.</summary>
    internal const ushort OldestVersion = 1;

    private const int HeaderLength = 14;

    private readonly Dictionary<string, ReadOnlyMemory<byte>> _sections;

    private ModelFileReader(Dictionary<string, ReadOnlyMemory<byte>> sections) => _sections = sections;

    /// <summary>The first bytes of every model file, whatever its version.</summary>
    internal static ReadOnlySpan<byte> Magic => "ANOMALYM"u8;

    /// <summary>Checks the file and finds its sections.</summary>
    /// <exception cref="ModelFileException">Not a model file, of another version, cut short or damaged; the text says which.</exception>
    public static ModelFileReader Open(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        if (!bytes.StartsWith(Magic))
        {
            var found = Convert.ToHexString(bytes[..Math.Min(bytes.Length, Magic.Length)]);
            throw new ModelFileException($"Not a model file: it begins with '{found}'; a model file begins with '{Convert.ToHexString(Magic)}'.");
        }

        if (bytes.Length < HeaderLength + SHA256.HashSizeInBytes)
        {
            throw new ModelFileException(
                $"The model file is cut short: it has {bytes.Length} bytes, the least is {HeaderLength + SHA256.HashSizeInBytes}.");
        }

        // Before the checksum, because a later format may compute another one.
        var version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[Magic.Length..]);
        if (version is < OldestVersion or > FormatVersion)
            throw new ModelFileException($"The model file has format version {version}; this program reads versions {OldestVersion} to {FormatVersion}.");

        var content = file[..^SHA256.HashSizeInBytes];
        Span<byte> checksum = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content.Span, checksum);
        if (!checksum.SequenceEqual(bytes[content.Length..]))
            throw new ModelFileException("The model file is damaged or cut short: its SHA-256 checksum does not match its content.");

        return new ModelFileReader(ReadSections(content));
    }

    /// <summary>Whether the file has a section of that name.</summary>
    public bool HasSection(string name) => _sections.ContainsKey(name);

    /// <summary>A reader at the begin of the section. Each call gives a new one.</summary>
    /// <exception cref="ModelFileException">There is no such section; the text lists those there are.</exception>
    public ModelSectionReader Section(string name) =>
        _sections.TryGetValue(name, out var content)
            ? new ModelSectionReader(name, content)
            : throw new ModelFileException($"The model file has no section '{name}'; it has: {string.Join(", ", _sections.Keys)}.");

    private static Dictionary<string, ReadOnlyMemory<byte>> ReadSections(ReadOnlyMemory<byte> content)
    {
        var sections = new Dictionary<string, ReadOnlyMemory<byte>>();
        var count = BinaryPrimitives.ReadInt32LittleEndian(content.Span[(HeaderLength - 4)..]);
        var position = HeaderLength;
        for (var i = 0; i < count; i++)
        {
            var name = Encoding.UTF8.GetString(Take(content, ref position).Span);
            if (!sections.TryAdd(name, Take(content, ref position)))
                throw new ModelFileException($"The model file has two sections '{name}'.");
        }

        return position == content.Length
            ? sections
            : throw new ModelFileException($"The model file has {content.Length - position} bytes after its last section; allowed are none.");
    }

    private static ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> content, ref int position)
    {
        var left = content.Length - position;
        var length = left < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(content.Span[position..]);
        if (length < 0 || length > left - 4)
            throw new ModelFileException($"The model file's table of sections is not valid: {length} bytes at {position} of {content.Length}.");

        var taken = content.Slice(position + 4, length);
        position += 4 + length;
        return taken;
    }
}
