using System.Buffers.Binary;
using AnomalyApi.Flows.Packets;

namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>Where packets were captured, and how their times are to be read.</summary>
/// <param name="Link">What its frames begin with.</param>
/// <param name="SnapLength">Bytes kept of each packet at most; 0 for all.</param>
/// <param name="UnitsPerSecond">Ticks of its clock in a second.</param>
/// <param name="OffsetSeconds">To be added to each time.</param>
internal readonly record struct CaptureInterface(LinkType Link, uint SnapLength, ulong UnitsPerSecond, long OffsetSeconds)
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private const ushort EndOfOptions = 0;
    private const ushort Resolution = 9;
    private const ushort TimeOffset = 14;

    /// <summary>Microseconds since 1970; false when they are not between 1970 and 2200.</summary>
    public bool TryGetMicroseconds(ulong units, out long microseconds)
    {
        var seconds = units / UnitsPerSecond;
        var rest = units % UnitsPerSecond;
        microseconds = -1;
        if (seconds > FlowTime.Latest / MicrosecondsPerSecond)
        {
            return false;
        }

        // A clock may tick more than 10^12 times a second; only then the product needs more than 64 bits.
        var fraction = UnitsPerSecond switch
        {
            MicrosecondsPerSecond => rest,
            <= 1_000_000_000_000 => rest * MicrosecondsPerSecond / UnitsPerSecond,
            _ => (ulong)((UInt128)rest * MicrosecondsPerSecond / UnitsPerSecond),
        };
        const long longest = FlowTime.Latest / MicrosecondsPerSecond;
        var shifted = OffsetSeconds is > -longest and < longest ? (long)seconds + OffsetSeconds : -1;
        if (shifted is < 0 or >= longest)
        {
            return false;
        }

        microseconds = (shifted * MicrosecondsPerSecond) + (long)fraction;
        return true;
    }

    /// <summary>Reads the body of an interface description block of pcapng; false when it is too short.</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, bool isLittleEndian, out CaptureInterface device)
    {
        device = default;
        if (body.Length < 8)
        {
            return false;
        }

        ulong units = MicrosecondsPerSecond;
        var offset = 0L;
        for (var options = body[8..]; options.Length >= 4;)
        {
            var code = UInt16(options, isLittleEndian);
            int length = UInt16(options[2..], isLittleEndian);
            options = options[4..];
            if (code == EndOfOptions || length > options.Length)
            {
                break;
            }

            if (code == Resolution && length == 1)
            {
                units = UnitsOf(options[0]);
            }
            else if (code == TimeOffset && length == 8)
            {
                offset = isLittleEndian ? BinaryPrimitives.ReadInt64LittleEndian(options) : BinaryPrimitives.ReadInt64BigEndian(options);
            }

            options = options[Math.Min((length + 3) & ~3, options.Length)..];
        }

        var snapLength = isLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(body[4..]) : BinaryPrimitives.ReadUInt32BigEndian(body[4..]);
        device = new CaptureInterface((LinkType)UInt16(body, isLittleEndian), snapLength, units, offset);
        return true;
    }

    // A power of ten, or of two where the highest bit is set. Finer clocks than 64 bits can count are no clocks.
    private static ulong UnitsOf(byte resolution)
    {
        var power = resolution & 0x7F;
        if (resolution > 0x7F)
        {
            return power < 64 ? 1ul << power : ulong.MaxValue;
        }

        var units = 1ul;
        for (var i = 0; i < power; i++)
        {
            units = units > ulong.MaxValue / 10 ? ulong.MaxValue : units * 10;
        }

        return units;
    }

    private static ushort UInt16(ReadOnlySpan<byte> at, bool isLittleEndian) =>
        isLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);
}
