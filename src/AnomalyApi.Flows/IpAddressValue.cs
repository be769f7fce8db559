using System.Buffers.Binary;
using System.Net;

namespace AnomalyApi.Flows;

/// <summary>An IPv4 or IPv6 address in 16 bytes; IPv4 is held as IPv4-mapped IPv6 (RFC 4291, section 2.5.5.2).</summary>
/// <param name="High">First 8 bytes, as a big-endian number.</param>
/// <param name="Low">Last 8 bytes, as a big-endian number.</param>
public readonly record struct IpAddressValue(ulong High, ulong Low) : IComparable<IpAddressValue>
{
    /// <summary>Bytes of the stored form.</summary>
    public const int Size = 16;

    private const ulong MappedPrefix = 0x0000_FFFF_0000_0000;

    /// <summary>Whether this is an IPv4 address.</summary>
    public bool IsIPv4 => High == 0 && (Low & 0xFFFF_FFFF_0000_0000) == MappedPrefix;

    /// <summary>Makes an IPv4 address of its 32 bits, first byte highest.</summary>
    public static IpAddressValue FromIPv4(uint bits) => new(0, MappedPrefix | bits);

    /// <summary>Makes an address of its 16 stored bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 16 bytes.</exception>
    public static IpAddressValue FromBytes(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    /// <summary>Reads the text form. A zone index (<c>%eth0</c>) is refused: it means something on one machine only.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out IpAddressValue address)
    {
        if (TryParseDottedQuad(utf8, out var bits))
        {
            address = FromIPv4(bits);
            return true;
        }

        if (TryParseGroups(utf8, out address))
        {
            return true;
        }

        address = default;
        if (utf8.IndexOf((byte)':') < 0 || utf8.IndexOf((byte)'%') >= 0 || utf8.IndexOf((byte)'[') >= 0 || !IPAddress.TryParse(utf8, out var parsed))
        {
            return false;
        }

        address = From(parsed);
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out IpAddressValue)"/>
    public static bool TryParse(string text, out IpAddressValue address)
    {
        address = default;
        return text.Length <= 64 && TryParse(System.Text.Encoding.UTF8.GetBytes(text), out address);
    }

    /// <summary>Reads the text form of an address that our own code wrote.</summary>
    /// <exception cref="FormatException">The text is no address.</exception>
    public static IpAddressValue Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IPv4 or IPv6 address.");

    /// <summary>Converts from the framework's type; a scope id is dropped.</summary>
    public static IpAddressValue From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[Size];
        address.TryWriteBytes(bytes, out var written);
        return written == 4 ? FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes)) : FromBytes(bytes);
    }

    /// <summary>Writes the 16 stored bytes.</summary>
    public void WriteBytes(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
    }

    /// <summary>The 16 stored bytes in an array of their own.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        WriteBytes(bytes);
        return bytes;
    }

    /// <summary>Converts to the framework's type: IPv4 for a mapped address.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[Size];
        WriteBytes(bytes);
        return new IPAddress(IsIPv4 ? bytes[12..] : bytes);
    }

    /// <summary>Order of the stored bytes.</summary>
    public int CompareTo(IpAddressValue other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    /// <summary>Canonical text (RFC 5952), dotted quad for IPv4.</summary>
    public override string ToString() => ToIPAddress().ToString();

    // IPv6 as nearly everybody writes it, without the objects that the framework's reader makes. What is written otherwise, or not valid, is left to that one.
    private static bool TryParseGroups(ReadOnlySpan<byte> utf8, out IpAddressValue address)
    {
        address = default;
        Span<ushort> groups = stackalloc ushort[8];
        var count = 0;
        var gap = -1;
        var at = 0;
        if (utf8.StartsWith("::"u8))
        {
            gap = 0;
            at = 2;
        }

        while (at < utf8.Length)
        {
            var value = 0;
            var digits = 0;
            for (; at < utf8.Length && digits < 5 && char.IsAsciiHexDigit((char)utf8[at]); at++, digits++)
            {
                value = (value << 4) | (utf8[at] <= '9' ? utf8[at] - '0' : (utf8[at] | 0x20) - 'a' + 10);
            }

            if (digits is 0 or > 4 || count == 8)
            {
                return false;
            }

            groups[count++] = (ushort)value;
            if (at == utf8.Length)
            {
                break;
            }

            if (utf8[at++] != ':' || at == utf8.Length)
            {
                return false;
            }

            if (utf8[at] == ':')
            {
                if (gap >= 0)
                {
                    return false;
                }

                gap = count;
                at++;
            }
        }

        if (gap < 0 ? count != 8 : count > 7)
        {
            return false;
        }

        if (gap >= 0)
        {
            groups[gap..count].CopyTo(groups[(8 - count + gap)..]);
            groups[gap..(8 - count + gap)].Clear();
        }

        address = new IpAddressValue(Join(groups), Join(groups[4..]));
        return true;
    }

    private static ulong Join(ReadOnlySpan<ushort> groups) => ((ulong)groups[0] << 48) | ((ulong)groups[1] << 32) | ((ulong)groups[2] << 16) | groups[3];

    // Strict: four decimal parts, no leading zeros, since "010" is 8 to some readers and 10 to others.
    private static bool TryParseDottedQuad(ReadOnlySpan<byte> utf8, out uint bits)
    {
        bits = 0;
        if (utf8.Length is < 7 or > 15)
        {
            return false;
        }

        var part = 0u;
        var digits = 0;
        var dots = 0;
        foreach (var c in utf8)
        {
            if (c == '.')
            {
                if (digits == 0 || ++dots > 3)
                {
                    return false;
                }

                bits = (bits << 8) | part;
                part = 0;
                digits = 0;
                continue;
            }

            var digit = (uint)c - '0';
            if (digit > 9 || (digits > 0 && part == 0))
            {
                return false;
            }

            part = (part * 10) + digit;
            digits++;
            if (part > 255)
            {
                return false;
            }
        }

        if (dots != 3 || digits == 0)
        {
            return false;
        }

        bits = (bits << 8) | part;
        return true;
    }
}
