using AnomalyApi.Flows.Formats.Text;

namespace AnomalyApi.Flows.Formats.ZeekConn;

/// <summary>Names of the conn.log columns that are read. Others are ignored.</summary>
/// <remarks>zeek/scripts/base/protocols/conn/main.zeek; the last seven are added by policies, collectors and labelled sets.</remarks>
internal static class ZeekColumns
{
    /// <summary>All of them, in the order of <see cref="ZeekColumn"/>.</summary>
    public static readonly string[] All =
    [
        "ts", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "ip_proto", "service", "duration", "orig_bytes", "resp_bytes",
        "conn_state", "local_orig", "local_resp", "history", "orig_pkts", "orig_ip_bytes", "resp_pkts", "resp_ip_bytes",
        "community_id", "_node_name", "_system_name", "agent_hostname", "label", "_path",
    ];

    /// <summary>Finds the <see cref="ZeekColumn"/> of a name.</summary>
    public static readonly Utf8NameTable Table = new(All);

    /// <summary>The name of a column.</summary>
    public static string NameOf(ZeekColumn column) => All[(int)column];

    /// <summary>Whether a log of this path holds connections: <c>conn</c> and what sites split from it, such as <c>conn_long</c>.</summary>
    public static bool IsConnPath(ReadOnlySpan<byte> path) => path.SequenceEqual("conn"u8) || path.StartsWith("conn_"u8) || path.StartsWith("conn-"u8);
}
