using AnomalyApi.Flows.Formats.Text;

namespace AnomalyApi.Flows.Formats.Native;

/// <summary>Names of the native flow on the wire: spelled here, and nowhere else.</summary>
internal static class NativeFlowFields
{
    public const string Start = "start";
    public const string Duration = "duration";
    public const string Source = "src_ip";
    public const string Destination = "dst_ip";
    public const string SourcePort = "src_port";
    public const string DestinationPort = "dst_port";
    public const string Protocol = "protocol";
    public const string ForwardPackets = "fwd_packets";
    public const string ReversePackets = "rev_packets";
    public const string ForwardBytes = "fwd_bytes";
    public const string ReverseBytes = "rev_bytes";
    public const string TcpFlags = "tcp_flags";
    public const string State = "state";
    public const string Direction = "direction";
    public const string Service = "service";
    public const string Sensor = "sensor";
    public const string CommunityId = "community_id";
    public const string Label = "label";
    public const string SamplingInterval = "sampling_interval";

    /// <summary>All of them, in the order of <see cref="NativeFlowField"/>.</summary>
    public static readonly string[] All =
    [
        Start, Duration, Source, Destination, SourcePort, DestinationPort, Protocol, ForwardPackets, ReversePackets,
        ForwardBytes, ReverseBytes, TcpFlags, State, Direction, Service, Sensor, CommunityId, Label,
        SamplingInterval,
    ];

    /// <summary>Finds the <see cref="NativeFlowField"/> of a name.</summary>
    public static readonly Utf8NameTable Table = new(All);
}
