using System.ComponentModel.DataAnnotations.Schema;
using AnomalyApi.Flows;

namespace AnomalyApi.Storage.Rows;

/// <summary>What is kept of a flow, both with the flow and with the anomaly it became. Null means that the source did not say.</summary>
public abstract class FlowColumns
{
    /// <summary>Id of the row, unique in its table, and growing with time within a process.</summary>
    public long Id { get; set; }

    /// <summary>The transaction that stored it: first part of the feed's order.</summary>
    public long CommittedIn { get; set; }

    /// <summary>When the service received it, UTC.</summary>
    public DateTime ReceivedAt { get; set; }

    /// <summary>When it started by the sensor's clock, UTC.</summary>
    public DateTime StartTime { get; set; }

    /// <summary>From first to last packet.</summary>
    public long? DurationMicroseconds { get; set; }

    /// <summary>The originator.</summary>
    public IpAddressValue Source { get; set; }

    /// <summary>The responder.</summary>
    public IpAddressValue Destination { get; set; }

    /// <summary>0 to 65535; the ICMP type for ICMP.</summary>
    public int? SourcePort { get; set; }

    /// <summary>0 to 65535; the ICMP code for ICMP.</summary>
    public int? DestinationPort { get; set; }

    /// <summary>IANA protocol number.</summary>
    public byte Protocol { get; set; }

    /// <summary>Packets from the originator.</summary>
    public long? ForwardPackets { get; set; }

    /// <summary>Packets from the responder.</summary>
    public long? ReversePackets { get; set; }

    /// <summary>Bytes from the originator.</summary>
    public long? ForwardBytes { get; set; }

    /// <summary>Bytes from the responder.</summary>
    public long? ReverseBytes { get; set; }

    /// <summary>Union of the TCP flags of both sides, bit 0 FIN.</summary>
    public byte? TcpFlags { get; set; }

    /// <summary>How the connection went.</summary>
    public ConnectionState State { get; set; }

    /// <summary>Where the flow goes, seen from the local networks.</summary>
    public FlowDirection Direction { get; set; }

    /// <summary>Application protocol as the sensor names it.</summary>
    public string? Service { get; set; }

    /// <summary>Who recorded it.</summary>
    public string? Sensor { get; set; }

    /// <summary>Community ID v1.</summary>
    public string? CommunityId { get; set; }

    /// <summary>Ground truth of a labelled set.</summary>
    public string? Label { get; set; }

    /// <summary>Packets of the network for each packet that was looked at; null when every packet was seen.</summary>
    public int? SamplingInterval { get; set; }

    /// <summary>Other sensors that saw the flow, in a table of their own; filled in by the searches.</summary>
    [NotMapped]
    public IReadOnlyList<string> SeenBy { get; set; } = [];

    /// <summary>Where the row stands in the feed.</summary>
    public FeedCursor Cursor => new(CommittedIn, Id);

    /// <summary>The flow alone, as people read it.</summary>
    public FlowRecord ToRecord() => new()
    {
        Start = StartTime,
        Duration = DurationMicroseconds is { } duration ? TimeSpan.FromTicks(duration * TimeSpan.TicksPerMicrosecond) : null,
        Source = Source,
        Destination = Destination,
        SourcePort = SourcePort,
        DestinationPort = DestinationPort,
        Protocol = Protocol,
        ForwardPackets = ForwardPackets,
        ReversePackets = ReversePackets,
        ForwardBytes = ForwardBytes,
        ReverseBytes = ReverseBytes,
        TcpFlags = TcpFlags,
        State = State,
        Direction = Direction,
        Service = Service,
        Sensor = Sensor,
        CommunityId = CommunityId,
        Label = Label,
        SamplingInterval = SamplingInterval ?? 1,
    };
}
