using System.Buffers.Binary;

namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>Tells where one datagram ends and the next begins when they stand one behind the other.</summary>
/// <remarks>NetFlow v5 counts its records, IPFIX its bytes, sFlow its samples. NetFlow v9 does neither: its packet ends where the next thing is no set of it, which
/// works since the versions 5, 7, 9 and 10 are no numbers of sets.</remarks>
internal static class DatagramFraming
{
    /// <summary>Longest datagram: what the length of UDP can say.</summary>
    public const int MaxLength = 65_535;

    /// <summary>Bytes that tell whether something looks like a header.</summary>
    public const int HeadLength = 28;

    /// <summary>More bytes are needed.</summary>
    public const int NeedsMore = 0;

    /// <summary>This is no datagram.</summary>
    public const int Invalid = -1;

    // 1990: no exporter of these protocols sent before, and a text or a length taken for a time mostly is.
    private const uint FirstPlausibleTime = 631_152_000;
    private const int V9Header = 20;
    private const int IpfixHeader = 16;

    /// <summary>Length of the datagram that the buffer begins with, <see cref="NeedsMore"/> or <see cref="Invalid"/>.</summary>
    /// <param name="isFinal">Nothing comes behind the buffer.</param>
    public static int Measure(ReadOnlySpan<byte> buffer, bool isFinal)
    {
        var length = MeasureWhole(buffer, isFinal);
        // A last datagram that is cut off is handed over as far as it came.
        return length != NeedsMore || !isFinal ? length : LooksLikeHeader(buffer) ? buffer.Length : Invalid;
    }

    /// <summary>The same, where anything may stand: what begins like a datagram must also end where the next one, or nothing, begins.</summary>
    public static int MeasureAmidDamage(ReadOnlySpan<byte> buffer, bool isFinal)
    {
        if (!LooksLikeHeader(buffer))
        {
            return buffer.Length < HeadLength && !isFinal ? NeedsMore : Invalid;
        }

        var length = MeasureWhole(buffer, isFinal);
        if (length <= 0 || BinaryPrimitives.ReadUInt16BigEndian(buffer) is not (9 or 10))
        {
            return length == NeedsMore && isFinal ? Invalid : length;
        }

        var next = buffer[length..];
        return next.Length >= HeadLength ? LooksLikeHeader(next) ? length : Invalid
            : !isFinal ? NeedsMore
            : next.IsEmpty ? length : Invalid;
    }

    /// <summary>Whether a header probably begins here, where anything may stand.</summary>
    public static bool LooksLikeHeader(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeadLength)
        {
            return false;
        }

        var count = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return BinaryPrimitives.ReadUInt16BigEndian(bytes) switch
        {
            5 or 7 => count is > 0 and <= FixedRecords.MostRecords && IsTime(bytes[8..]) && BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]) < 1_000_000_000,
            9 => count > 0 && IsTime(bytes[8..]) && LooksLikeSet(bytes[V9Header..], MaxLength - V9Header, isIpfix: false),
            10 => count > IpfixHeader && IsTime(bytes[4..]) && LooksLikeSet(bytes[IpfixHeader..], count - IpfixHeader, isIpfix: true),
            0 => count == 5 && SFlowFraming.HeaderLength(bytes[..HeadLength]) is var header
                && (header > 0 ? BinaryPrimitives.ReadUInt32BigEndian(bytes[(header - 4)..]) < 1000 : BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) == 2),
            _ => false,
        };
    }

    /// <summary>When the datagram was sent, as its header says, in microseconds since 1970; -1 when it does not.</summary>
    public static long ExportTime(ReadOnlySpan<byte> datagram) => datagram.Length < 16 ? -1 : BinaryPrimitives.ReadUInt16BigEndian(datagram) switch
    {
        5 or 7 => FixedRecords.ExportTime(datagram),
        9 => BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]) * 1_000_000L,
        10 => BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) * 1_000_000L,
        _ => -1,
    };

    private static int MeasureWhole(ReadOnlySpan<byte> buffer, bool isFinal)
    {
        if (buffer.Length < 4)
        {
            return NeedsMore;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(buffer) switch
        {
            5 => MeasureFixed(buffer, 5),
            7 => MeasureFixed(buffer, 7),
            9 => MeasureV9(buffer, isFinal),
            10 => MeasureIpfix(buffer, isFinal),
            0 => MeasureSFlow(buffer),
            _ => Invalid,
        };
        return length > buffer.Length ? NeedsMore : length;
    }

    private static int MeasureFixed(ReadOnlySpan<byte> buffer, int version)
    {
        var length = FixedRecords.HeaderLength + (BinaryPrimitives.ReadUInt16BigEndian(buffer[2..]) * FixedRecords.RecordLength(version));
        return length <= MaxLength ? length : Invalid;
    }

    private static int MeasureV9(ReadOnlySpan<byte> buffer, bool isFinal)
    {
        var at = V9Header;
        while (at + 4 <= buffer.Length)
        {
            var id = BinaryPrimitives.ReadUInt16BigEndian(buffer[at..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(buffer[(at + 2)..]);
            if (id is > 1 and < 256 || length < 4 || at + length > MaxLength || (id == 0 && length == 5))
            {
                // Zeros that fill a packet up belong to it; zeros and a five begin an sFlow datagram.
                if (id != 0 || length != 0 || at + 4 > MaxLength)
                {
                    return at;
                }

                length = 4;
            }

            at += length;
        }

        return isFinal ? at : NeedsMore;
    }

    private static int MeasureIpfix(ReadOnlySpan<byte> buffer, bool isFinal)
    {
        var length = (int)BinaryPrimitives.ReadUInt16BigEndian(buffer[2..]);
        if (length < IpfixHeader)
        {
            return Invalid;
        }

        if (length > buffer.Length)
        {
            return length;
        }

        var at = IpfixHeader;
        while (at + 4 <= length)
        {
            var set = BinaryPrimitives.ReadUInt16BigEndian(buffer[(at + 2)..]);
            if (set < 4)
            {
                break;
            }

            at += set;
        }

        if (at == length)
        {
            return length;
        }

        // Its sets do not fill it. The length is believed if something sensible stands behind it.
        var next = buffer[length..];
        return next.Length >= HeadLength ? LooksLikeHeader(next) ? length : Invalid
            : isFinal ? next.IsEmpty ? length : Invalid
            : NeedsMore;
    }

    private static int MeasureSFlow(ReadOnlySpan<byte> buffer)
    {
        if (BinaryPrimitives.ReadUInt32BigEndian(buffer) != 5)
        {
            return Invalid;
        }

        var at = SFlowFraming.HeaderLength(buffer);
        if (at < 0)
        {
            return buffer.Length >= 8 && BinaryPrimitives.ReadUInt32BigEndian(buffer[4..]) is not (1 or 2) ? Invalid : NeedsMore;
        }

        for (var left = BinaryPrimitives.ReadUInt32BigEndian(buffer[(at - 4)..]); left > 0; left--)
        {
            if (at + 8 > buffer.Length)
            {
                return at + 8 > MaxLength ? Invalid : NeedsMore;
            }

            var length = BinaryPrimitives.ReadUInt32BigEndian(buffer[(at + 4)..]);
            if (length > MaxLength - at - 8)
            {
                return Invalid;
            }

            at += 8 + (int)length;
        }

        return at;
    }

    private static bool IsTime(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32BigEndian(bytes) >= FirstPlausibleTime;

    private static bool LooksLikeSet(ReadOnlySpan<byte> bytes, int room, bool isIpfix)
    {
        var id = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return (id >= 256 || (isIpfix ? id is 2 or 3 : id is 0 or 1)) && length >= 4 && length <= room;
    }
}
