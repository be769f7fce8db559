namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>Which ICMP messages answer which.</summary>
/// <remarks>RFC 792, 950 and 1256; RFC 4443, 4861, 2710, 4620 and 6550 for ICMPv6. The pairs are those of the Community ID.</remarks>
internal static class IcmpPairs
{
    /// <summary>The type of the question; -1 when the type is no answer.</summary>
    public static int QuestionOf(byte protocol, int type) => protocol == IpProtocols.Icmp
        ? type switch { 0 => 8, 14 => 13, 16 => 15, 18 => 17, 9 => 10, _ => -1 }
        : type switch { 129 => 128, 134 => 133, 136 => 135, 131 => 130, 140 => 139, 145 => 144, _ => -1 };

    /// <summary>Whether a type is only ever sent as an answer; routers and neighbours also announce themselves unasked.</summary>
    public static bool IsAlwaysAnswer(byte protocol, int type) => protocol == IpProtocols.Icmp ? type is 0 or 14 or 16 or 18 : type is 129 or 140;
}
