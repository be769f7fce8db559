namespace AnomalyApi.Flows.Formats.ArgusBinetflow;

/// <summary>A column that is read, in the order of <see cref="ArgusHeader.Names"/>.</summary>
internal enum ArgusColumn
{
    Start,
    Duration,
    Protocol,
    SourceAddress,
    SourcePort,
    Direction,
    DestinationAddress,
    DestinationPort,
    State,
    TotalPackets,
    TotalBytes,
    SourceBytes,
    SourcePackets,
    Label,
}
