namespace AnomalyApi.Flows;

/// <summary>One flow, for people: answers, tests and demonstrations. Null means that the source did not say.</summary>
public sealed record FlowRecord
{
    /// <summary>When the first packet was seen, UTC.</summary>
    public required DateTime Start { get; init; }

    /// <summary>From first to last packet, 0 or more.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The originator.</summary>
    public required IpAddressValue Source { get; init; }

    /// <summary>The responder.</summary>
    public required IpAddressValue Destination { get; init; }

    /// <summary>0 to 65535; the ICMP type for ICMP.</summary>
    public int? SourcePort { get; init; }

    /// <summary>0 to 65535; the ICMP code for ICMP.</summary>
    public int? DestinationPort { get; init; }

    /// <summary>IANA protocol number, 0 to 255.</summary>
    public required byte Protocol { get; init; }

    /// <summary>Packets from originator to responder.</summary>
    public long? ForwardPackets { get; init; }

    /// <summary>Packets from responder to originator.</summary>
    public long? ReversePackets { get; init; }

    /// <summary>Bytes from originator to responder, IP headers included where the source knows them.</summary>
    public long? ForwardBytes { get; init; }

    /// <summary>Bytes from responder to originator, IP headers included where the source knows them.</summary>
    public long? ReverseBytes { get; init; }

    /// <summary>Union of the TCP flags of both sides, bit 0 FIN to bit 7 CWR.</summary>
    public byte? TcpFlags { get; init; }

    /// <summary>How the connection went.</summary>
    public ConnectionState State { get; init; }

    /// <summary>Where it goes, seen from the local networks.</summary>
    public FlowDirection Direction { get; init; }

    /// <summary>Application protocol as the sensor names it.</summary>
    public string? Service { get; init; }

    /// <summary>Who recorded the flow.</summary>
    public string? Sensor { get; init; }

    /// <summary>Community ID, as given or computed.</summary>
    public string? CommunityId { get; init; }

    /// <summary>Ground truth of a labelled set.</summary>
    public string? Label { get; init; }

    /// <summary>Packets of the network for each packet that was looked at; counts are already multiplied by it. 1 when every packet was seen.</summary>
    public int SamplingInterval { get; init; } = 1;
}
