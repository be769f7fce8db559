namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>Which ICMP messages answer each other, so that request and answer become one flow.</summary>
internal static class IcmpTypes
{
    private const int None = -1;

    public static bool IsIcmp(byte protocol) => protocol is IpProtocols.Icmp or IpProtocols.Icmp6;

    /// <summary>The request that a type is, or that it answers; -1 when it is neither.</summary>
    public static int RequestOf(byte protocol, int type) => protocol == IpProtocols.Icmp ? RequestOfIcmp(type) : RequestOfIcmp6(type);

    private static int RequestOfIcmp(int type) => type switch
    {
        0 or 8 => 8,
        9 or 10 => 10,
        13 or 14 => 13,
        15 or 16 => 15,
        17 or 18 => 17,
        _ => None,
    };

    private static int RequestOfIcmp6(int type) => type switch
    {
        128 or 129 => 128,
        130 or 131 => 130,
        133 or 134 => 133,
        135 or 136 => 135,
        139 or 140 => 139,
        144 or 145 => 144,
        _ => None,
    };
}
