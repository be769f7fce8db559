using AnomalyApi.Detection;

namespace AnomalyApi.Flows.Features;

/// <summary>What is measured on one flow alone.</summary>
public static class FlowFeatures
{
    /// <summary>Schema <c>flow-v1</c>: 26 features, each finite for every flow, columns as in <see cref="FlowFeature"/>.</summary>
    public static FeatureSchema Schema { get; } = new("flow-v1",
    [
        new("log_duration", "ln(ms + 1)", "How long the flow lasted; a missing duration counts as 0."),
        new("log_fwd_bytes", "ln(bytes + 1)", "Bytes from the originator; missing counts as 0."),
        new("log_rev_bytes", "ln(bytes + 1)", "Bytes from the responder; missing counts as 0."),
        new("log_fwd_packets", "ln(packets + 1)", "Packets from the originator; missing counts as 0."),
        new("log_rev_packets", "ln(packets + 1)", "Packets from the responder; missing counts as 0."),
        new("log_fwd_bytes_per_packet", "ln(bytes + 1)", "Mean size of the originator's packets; 0 without packets or when bytes are missing."),
        new("log_rev_bytes_per_packet", "ln(bytes + 1)", "Mean size of the responder's packets; 0 without packets or when bytes are missing."),
        new("log_bytes_per_second", "ln(bytes/s + 1)", "Bytes of both sides by time; less than 1 ms, or a missing duration, counts as 1 ms."),
        new("log_packets_per_second", "ln(packets/s + 1)", "Packets of both sides by time; less than 1 ms, or a missing duration, counts as 1 ms."),
        new("byte_ratio", "", "(forward - reverse) / (forward + reverse) bytes, from -1 (all from the responder) to 1 (all from the originator); 0 when there are none."),
        new("packet_ratio", "", "(forward - reverse) / (forward + reverse) packets, from -1 to 1; 0 when there are none."),
        new("is_tcp", "", "1 for TCP, else 0."),
        new("is_udp", "", "1 for UDP, else 0."),
        new("src_port_class", "", "Source port: 0 system (below 1024), 1 registered (below 49152), 2 dynamic; 0 when missing or when the protocol has no ports."),
        new("dst_port_class", "", "Destination port: 0 system (below 1024), 1 registered (below 49152), 2 dynamic; 0 when missing or when the protocol has no ports."),
        new("dst_port_rarity", "-ln(share)", "How rare the destination port was among the training flows; one never seen is the rarest. No port is a port of its own."),
        new("service_rarity", "-ln(share)", "How rare the service was among the training flows; one never seen is the rarest. No service is a service of its own."),
        new("state_established", "", "1 when the connection was established (S1, S2, S3, SF, RSTO, RSTR), else 0; 0 when the state is missing."),
        new("state_rejected", "", "1 when the attempt was rejected (REJ), else 0; 0 when the state is missing."),
        new("state_half_open", "", "1 when only one side took part in opening (S0, SH, SHR, RSTOS0, RSTRH), else 0; 0 when the state is missing."),
        new("state_reset", "", "1 when a side aborted (RSTO, RSTR, RSTOS0, RSTRH), else 0; 0 when the state is missing."),
        new("tcp_flag_count", "", "How many different TCP flags were seen, 0 to 8; missing counts as 0."),
        new("src_is_local", "", "1 when the originator is in the local networks, else 0."),
        new("dst_is_local", "", "1 when the responder is in the local networks, else 0."),
        new("hour_sin", "", "Sine of the UTC time of day as an angle; 0 unless the training flows covered at least 20 of the 24 hours."),
        new("hour_cos", "", "Cosine of the UTC time of day as an angle; 0 unless the training flows covered at least 20 of the 24 hours."),
    ]);
}
