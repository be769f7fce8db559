namespace AnomalyApi.Flows.Formats.ZeekConn;

/// <summary>A column of conn.log that is read, in the order of <see cref="ZeekColumns.All"/>.</summary>
internal enum ZeekColumn
{
    Time,
    OriginatorAddress,
    OriginatorPort,
    ResponderAddress,
    ResponderPort,
    Protocol,
    ProtocolNumber,
    Service,
    Duration,
    OriginatorBytes,
    ResponderBytes,
    State,
    OriginatorIsLocal,
    ResponderIsLocal,
    History,
    OriginatorPackets,
    OriginatorIpBytes,
    ResponderPackets,
    ResponderIpBytes,
    CommunityId,
    NodeName,
    SystemName,
    AgentHostname,
    Label,
    Path,
}
