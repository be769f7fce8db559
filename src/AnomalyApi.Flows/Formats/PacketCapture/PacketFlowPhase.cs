namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>What silence means for a flow. In the order in which flows are given up when there are too many.</summary>
internal enum PacketFlowPhase : byte
{
    /// <summary>A TCP connection that has ended.</summary>
    Closed = 0,

    /// <summary>Datagrams, and connections that are not open yet.</summary>
    Idle = 1,

    /// <summary>An open TCP connection.</summary>
    Established = 2,

    /// <summary>No flow: the entry can be used again.</summary>
    Free = 3,
}
