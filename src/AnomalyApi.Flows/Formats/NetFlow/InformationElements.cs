namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>The information elements that say something about a flow.</summary>
/// <remarks>IANA registry "IP Flow Information Export (IPFIX) Entities"; numbers below 128 mean the same in NetFlow v9 (RFC 3954, section 8). Addresses and ports behind a
/// translation (225 to 228) are left alone: a flow is what its originator sent.</remarks>
internal static class InformationElements
{
    /// <summary>Private enterprise number of reverse elements (RFC 5103, section 6.1).</summary>
    public const uint ReverseEnterprise = 29305;

    /// <summary>layer2packetSectionData, and the element that replaced it.</summary>
    public const int LayerTwoSection = 104;

    /// <summary>dataLinkFrameSection: a packet from its link header on.</summary>
    public const int DataLinkFrameSection = 315;

    /// <summary>ipHeaderPacketSection: a packet from its IP header on.</summary>
    public const int IpHeaderSection = 313;

    private static readonly ElementUse Unused = new(TemplateSlot.None);

    /// <summary>What the element is good for.</summary>
    /// <param name="enterprise">0 for IANA's own.</param>
    public static ElementUse UseOf(uint enterprise, int element, int length, bool isScopeOfV9) => (enterprise, isScopeOfV9) switch
    {
        (0, true) => element == 2 ? new(TemplateSlot.Interface) : Unused,
        (0, false) => Of(element, length),
        (ReverseEnterprise, _) => OfReverse(element),
        _ => Unused,
    };

    private static ElementUse Of(int element, int length) => element switch
    {
        1 => new(TemplateSlot.Bytes, 4),
        2 => new(TemplateSlot.Packets, 4),
        4 => new(TemplateSlot.Protocol),
        6 => new(TemplateSlot.Flags),
        7 => new(TemplateSlot.SourcePort, 2),
        8 when length == 4 => new(TemplateSlot.Source4),
        10 => new(TemplateSlot.Interface),
        11 => new(TemplateSlot.DestinationPort, 2),
        12 when length == 4 => new(TemplateSlot.Destination4),
        21 => new(TemplateSlot.End, 3, TimeUnit.Uptime),
        22 => new(TemplateSlot.Start, 3, TimeUnit.Uptime),
        // What left the exporter; it is what came in where only the way out is measured.
        23 => new(TemplateSlot.Bytes, 1),
        24 => new(TemplateSlot.Packets, 1),
        27 when length == 16 => new(TemplateSlot.SourceHigh),
        28 when length == 16 => new(TemplateSlot.DestinationHigh),
        32 => new(TemplateSlot.IcmpTypeCode, 2),
        34 => new(TemplateSlot.SamplingInterval, 2),
        48 => new(TemplateSlot.SamplerId, 2),
        50 => new(TemplateSlot.SamplingInterval, 3),
        85 => new(TemplateSlot.Bytes, 3),
        86 => new(TemplateSlot.Packets, 3),
        LayerTwoSection or DataLinkFrameSection => new(TemplateSlot.SectionEnd, 2),
        139 => new(TemplateSlot.IcmpTypeCode, 1),
        150 => new(TemplateSlot.Start, 2, TimeUnit.Seconds),
        151 => new(TemplateSlot.End, 2, TimeUnit.Seconds),
        152 => new(TemplateSlot.Start, 4, TimeUnit.Milliseconds),
        153 => new(TemplateSlot.End, 4, TimeUnit.Milliseconds),
        154 or 156 when length == 8 => new(TemplateSlot.Start, 5, TimeUnit.Ntp),
        155 or 157 when length == 8 => new(TemplateSlot.End, 5, TimeUnit.Ntp),
        158 => new(TemplateSlot.Start, 5, TimeUnit.MicrosecondsBefore),
        159 => new(TemplateSlot.End, 5, TimeUnit.MicrosecondsBefore),
        160 => new(TemplateSlot.SystemInit),
        161 => new(TemplateSlot.Duration, 1, TimeUnit.Milliseconds),
        162 => new(TemplateSlot.Duration, 2, TimeUnit.Microseconds),
        176 or 178 => new(TemplateSlot.IcmpType),
        177 or 179 => new(TemplateSlot.IcmpCode),
        180 or 182 => new(TemplateSlot.SourcePort, 1),
        181 or 183 => new(TemplateSlot.DestinationPort, 1),
        230 => new(TemplateSlot.NatEvent),
        // 40005 is what the first firewalls called it.
        233 or 40005 => new(TemplateSlot.FirewallEvent),
        231 => new(TemplateSlot.Bytes, 5),
        232 => new(TemplateSlot.ReverseBytes, 2),
        239 => new(TemplateSlot.BiflowDirection),
        298 => new(TemplateSlot.Packets, 5),
        299 => new(TemplateSlot.ReversePackets, 2),
        302 => new(TemplateSlot.SamplerId, 1),
        305 or 309 => new(TemplateSlot.SamplingTaken),
        306 => new(TemplateSlot.SamplingSkipped),
        310 => new(TemplateSlot.SamplingPopulation),
        311 when length == 8 => new(TemplateSlot.SamplingProbability),
        IpHeaderSection => new(TemplateSlot.SectionEnd, 1),
        // When it was seen: the last word on when a flow ended that names no end, as firewalls do.
        322 => new(TemplateSlot.End, 1, TimeUnit.Seconds),
        323 => new(TemplateSlot.End, 1, TimeUnit.Milliseconds),
        324 or 325 when length == 8 => new(TemplateSlot.End, 1, TimeUnit.Ntp),
        352 => new(TemplateSlot.Bytes, 2),
        _ => Unused,
    };

    private static ElementUse OfReverse(int element) => element switch
    {
        1 => new(TemplateSlot.ReverseBytes, 3),
        2 => new(TemplateSlot.ReversePackets, 3),
        6 => new(TemplateSlot.ReverseFlags),
        85 => new(TemplateSlot.ReverseBytes, 1),
        86 => new(TemplateSlot.ReversePackets, 1),
        _ => Unused,
    };
}
