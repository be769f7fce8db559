namespace AnomalyApi.Flows.Packets;

/// <summary>What a frame turned out to be.</summary>
internal enum PacketVerdict
{
    /// <summary>An IP packet, which belongs to a flow.</summary>
    Ip,

    /// <summary>Understood, and no IP packet: <see cref="Packet.Note"/> is its kind, for example <c>arp</c>.</summary>
    NotIp,

    /// <summary>Not understood: <see cref="Packet.Note"/> is the reason.</summary>
    Damaged,
}
