namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>One flow as an exporter told it, before it is paired. -1 means that the exporter did not say.</summary>
/// <remarks>Filled anew for each record and passed by reference: 8 million of them a second must not cost copies.</remarks>
internal struct ExportedFlow
{
    public IpAddressValue Source;
    public IpAddressValue Destination;
    public long Start;
    public long Duration;
    public long ForwardPackets;
    public long ReversePackets;
    public long ForwardBytes;
    public long ReverseBytes;
    public int SourcePort;
    public int DestinationPort;
    public int SamplingInterval;
    public int Line;
    public short ForwardFlags;
    public short ReverseFlags;
    public byte Protocol;

    /// <summary>Whether the record speaks of one direction only, so that another may tell the other.</summary>
    public readonly bool IsOneWay => (ReversePackets & ReverseBytes) < 0;

    /// <summary>End of the flow; its start when the exporter gave no duration.</summary>
    public readonly long End => Start + Math.Max(0, Duration);

    /// <summary>Makes the responder the originator, with all that was counted.</summary>
    public void TurnAround()
    {
        (Source, Destination) = (Destination, Source);
        if (!IcmpTypes.IsIcmp(Protocol))
        {
            (SourcePort, DestinationPort) = (DestinationPort, SourcePort);
        }

        (ForwardPackets, ReversePackets) = (ReversePackets, ForwardPackets);
        (ForwardBytes, ReverseBytes) = (ReverseBytes, ForwardBytes);
        (ForwardFlags, ReverseFlags) = (ReverseFlags, ForwardFlags);
    }

    /// <summary>Multiplies the counts by what one seen packet stands for.</summary>
    public void Scale(int interval)
    {
        if (interval <= 1)
        {
            return;
        }

        SamplingInterval = interval;
        ForwardPackets = Times(ForwardPackets, interval);
        ReversePackets = Times(ReversePackets, interval);
        ForwardBytes = Times(ForwardBytes, interval);
        ReverseBytes = Times(ReverseBytes, interval);
    }

    // An estimate beyond the largest count stays the largest count.
    private static long Times(long count, int interval) =>
        count <= 0 ? count : count > FlowValues.LargestCount / interval ? FlowValues.LargestCount : count * interval;
}
