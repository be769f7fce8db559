using System.Text.Json.Serialization;
using AnomalyApi.Flows;
using AnomalyApi.Storage.Rows;

namespace AnomalyApi.Traffic;

/// <summary>One flow, as a sensor would send it, with what the service added. Absent fields were not given.</summary>
internal record FlowView
{
    /// <summary>Id in the database.</summary>
    public required long Id { get; init; }

    /// <summary>First packet, UTC.</summary>
    public required DateTime Start { get; init; }

    /// <summary>Seconds from first to last packet.</summary>
    public double? Duration { get; init; }

    /// <summary>The originator.</summary>
    /// <example>10.0.0.17</example>
    public required string SrcIp { get; init; }

    /// <summary>The responder.</summary>
    /// <example>192.0.2.80</example>
    public required string DstIp { get; init; }

    /// <summary>Port, or the ICMP type.</summary>
    public int? SrcPort { get; init; }

    /// <summary>Port, or the ICMP code.</summary>
    public int? DstPort { get; init; }

    /// <summary>Name of the IP protocol, or its IANA number when it has none.</summary>
    /// <example>tcp</example>
    public required string Protocol { get; init; }

    /// <summary>Packets from the originator.</summary>
    public long? FwdPackets { get; init; }

    /// <summary>Packets from the responder.</summary>
    public long? RevPackets { get; init; }

    /// <summary>Bytes from the originator.</summary>
    public long? FwdBytes { get; init; }

    /// <summary>Bytes from the responder.</summary>
    public long? RevBytes { get; init; }

    /// <summary>Union of the TCP flags of both sides, as a number.</summary>
    public int? TcpFlags { get; init; }

    /// <summary>Zeek connection state.</summary>
    /// <example>SF</example>
    public string? State { get; init; }

    /// <summary>inbound, outbound, internal or external, seen from the local networks.</summary>
    public string? Direction { get; init; }

    /// <summary>Application protocol as the sensor names it.</summary>
    public string? Service { get; init; }

    /// <summary>Who recorded the flow.</summary>
    public string? Sensor { get; init; }

    /// <summary>Community ID v1, as given or computed.</summary>
    public string? CommunityId { get; init; }

    /// <summary>Ground truth of a labelled set.</summary>
    public string? Label { get; init; }

    /// <summary>Packets of the network for each packet that was looked at; the counts are already multiplied by it. Absent when every packet was seen.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? SamplingInterval { get; init; }

    /// <summary>Other sensors that saw the same flow; it is stored and counted once. Absent when there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? SeenBy { get; init; }

    /// <summary>Copies the columns that flows and anomalies share.</summary>
    public static FlowView Of(long id, FlowColumns row) => Fill(new FlowView { Id = id, Start = default, SrcIp = "", DstIp = "", Protocol = "" }, row);

    protected static T Fill<T>(T view, FlowColumns row)
        where T : FlowView => (T)(view with
        {
            Start = row.StartTime,
            Duration = row.DurationMicroseconds is { } duration ? duration / 1e6 : null,
            SrcIp = row.Source.ToString(),
            DstIp = row.Destination.ToString(),
            SrcPort = row.SourcePort,
            DstPort = row.DestinationPort,
            Protocol = IpProtocols.NameOf(row.Protocol) ?? row.Protocol.ToString(System.Globalization.CultureInfo.InvariantCulture),
            FwdPackets = row.ForwardPackets,
            RevPackets = row.ReversePackets,
            FwdBytes = row.ForwardBytes,
            RevBytes = row.ReverseBytes,
            TcpFlags = row.TcpFlags,
            State = ConnectionStates.NameOf(row.State),
            Direction = FlowDirections.NameOf(row.Direction),
            Service = row.Service,
            Sensor = row.Sensor,
            CommunityId = row.CommunityId,
            Label = row.Label,
            SamplingInterval = row.SamplingInterval,
            SeenBy = row.SeenBy.Count == 0 ? null : row.SeenBy,
        });
}
