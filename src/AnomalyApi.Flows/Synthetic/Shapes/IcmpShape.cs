namespace AnomalyApi.Flows.Synthetic.Shapes;

/// <summary>What ping puts on the wire.</summary>
internal static class IcmpShape
{
    /// <summary>Echo requests, one a second, with 56 bytes of data.</summary>
    public static void Ping(ref FlowSketch flow, SyntheticRandom random, int packets, bool isAnswered = true)
    {
        var isIPv4 = flow.Source.IsIPv4;
        flow.Protocol = isIPv4 ? IpProtocols.Icmp : IpProtocols.Icmp6;

        // Type and code stand where ports would (RFC 792, RFC 4443).
        flow.SourcePort = isIPv4 ? 8 : 128;
        flow.DestinationPort = 0;
        flow.ForwardPackets = packets;
        flow.ReversePackets = isAnswered ? packets : 0;
        flow.ForwardBytes = packets * (isIPv4 ? 84 : 104);
        flow.ReverseBytes = isAnswered ? flow.ForwardBytes : 0;
        flow.Duration = ((packets - 1) * 1_000_000) + random.Between(200, 900);
        flow.TcpFlags = -1;
        flow.State = ConnectionState.Oth;
    }
}
