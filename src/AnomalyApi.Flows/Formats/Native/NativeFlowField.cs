namespace AnomalyApi.Flows.Formats.Native;

/// <summary>A field of the native flow, in the order of <see cref="NativeFlowFields.All"/>.</summary>
internal enum NativeFlowField
{
    Start,
    Duration,
    Source,
    Destination,
    SourcePort,
    DestinationPort,
    Protocol,
    ForwardPackets,
    ReversePackets,
    ForwardBytes,
    ReverseBytes,
    TcpFlags,
    State,
    Direction,
    Service,
    Sensor,
    CommunityId,
    Label,
    SamplingInterval,
}
