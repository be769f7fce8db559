namespace AnomalyApi.Flows.Features;

/// <summary>Columns of schema <c>flow-v1</c>. What each means is in <see cref="FlowFeatures.Schema"/>.</summary>
public enum FlowFeature
{
    /// <summary>Column <c>log_duration</c>.</summary>
    LogDuration,

    /// <summary>Column <c>log_fwd_bytes</c>.</summary>
    LogForwardBytes,

    /// <summary>Column <c>log_rev_bytes</c>.</summary>
    LogReverseBytes,

    /// <summary>Column <c>log_fwd_packets</c>.</summary>
    LogForwardPackets,

    /// <summary>Column <c>log_rev_packets</c>.</summary>
    LogReversePackets,

    /// <summary>Column <c>log_fwd_bytes_per_packet</c>.</summary>
    LogForwardBytesPerPacket,

    /// <summary>Column <c>log_rev_bytes_per_packet</c>.</summary>
    LogReverseBytesPerPacket,

    /// <summary>Column <c>log_bytes_per_second</c>.</summary>
    LogBytesPerSecond,

    /// <summary>Column <c>log_packets_per_second</c>.</summary>
    LogPacketsPerSecond,

    /// <summary>Column <c>byte_ratio</c>.</summary>
    ByteRatio,

    /// <summary>Column <c>packet_ratio</c>.</summary>
    PacketRatio,

    /// <summary>Column <c>is_tcp</c>.</summary>
    IsTcp,

    /// <summary>Column <c>is_udp</c>.</summary>
    IsUdp,

    /// <summary>Column <c>src_port_class</c>.</summary>
    SourcePortClass,

    /// <summary>Column <c>dst_port_class</c>.</summary>
    DestinationPortClass,

    /// <summary>Column <c>dst_port_rarity</c>.</summary>
    DestinationPortRarity,

    /// <summary>Column <c>service_rarity</c>.</summary>
    ServiceRarity,

    /// <summary>Column <c>state_established</c>.</summary>
    StateEstablished,

    /// <summary>Column <c>state_rejected</c>.</summary>
    StateRejected,

    /// <summary>Column <c>state_half_open</c>.</summary>
    StateHalfOpen,

    /// <summary>Column <c>state_reset</c>.</summary>
    StateReset,

    /// <summary>Column <c>tcp_flag_count</c>.</summary>
    TcpFlagCount,

    /// <summary>Column <c>src_is_local</c>.</summary>
    SourceIsLocal,

    /// <summary>Column <c>dst_is_local</c>.</summary>
    DestinationIsLocal,

    /// <summary>Column <c>hour_sin</c>.</summary>
    HourSin,

    /// <summary>Column <c>hour_cos</c>.</summary>
    HourCos,
}
