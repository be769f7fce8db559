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
}
