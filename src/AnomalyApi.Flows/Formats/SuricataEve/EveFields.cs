namespace AnomalyApi.Flows.Formats.SuricataEve;

/// <summary>The fields of EVE events that are read. Others are ignored.</summary>
/// <remarks>Suricata's etc/schema.json and doc/userguide/output/eve/eve-json-format.rst.</remarks>
internal static class EveFields
{
    public static readonly JsonFieldNames Names = new(
        [
            "event_type", "flow_id", "src_ip", "src_port", "dest_ip", "dest_port", "proto", "icmp_type", "icmp_code", "app_proto",
            "community_id", "host", "in_iface",
        ],
        ("flow", ["pkts_toserver", "pkts_toclient", "bytes_toserver", "bytes_toclient", "start", "end", "age", "state"]),
        ("netflow", ["pkts", "bytes", "start", "end", "age"]),
        ("tcp", ["tcp_flags", "tcp_flags_ts", "tcp_flags_tc"]),
        ("alert", ["signature", "severity"]));
}
