namespace AnomalyApi.Flows.Synthetic.Shapes;

/// <summary>What UDP puts on the wire.</summary>
internal static class UdpShape
{
    /// <summary>Datagrams both ways.</summary>
    /// <param name="up">Datagrams of the originator.</param>
    /// <param name="upBytes">Payload of each.</param>
    /// <param name="down">Datagrams of the responder; 0 for no answer.</param>
    /// <param name="downBytes">Payload of each.</param>
    public static void Datagrams(ref FlowSketch flow, long up, double upBytes, long down, double downBytes, double seconds)
    {
        var header = flow.Source.IsIPv4 ? 28 : 48;
        flow.Protocol = IpProtocols.Udp;
        flow.ForwardPackets = up;
        flow.ReversePackets = down;
        flow.ForwardBytes = up * (header + (long)upBytes);
        flow.ReverseBytes = down * (header + (long)downBytes);
        flow.Duration = (long)(seconds * 1_000_000);
        flow.TcpFlags = -1;
        flow.State = down > 0 ? ConnectionState.SF : ConnectionState.S0;
    }

    /// <summary>A question and its answer, of scattered sizes.</summary>
    public static void Ask(ref FlowSketch flow, SyntheticRandom random, double upBytes, double downBytes, double seconds) =>
        Datagrams(ref flow, 1, random.LogNormal(upBytes, 0.15), 1, random.LogNormal(downBytes, 0.4), random.LogNormal(seconds, 0.7));

    /// <summary>A stream of large datagrams, as QUIC and calls send them.</summary>
    /// <param name="upBytes">Payload of the originator in all.</param>
    /// <param name="downBytes">Payload of the responder in all.</param>
    public static void Stream(ref FlowSketch flow, double upBytes, double downBytes, int datagramBytes, double seconds)
    {
        // The side that mostly listens acknowledges every tenth datagram or so.
        var up = 1 + (long)(upBytes / datagramBytes) + (long)(downBytes / datagramBytes / 10);
        var down = 1 + (long)(downBytes / datagramBytes) + (long)(upBytes / datagramBytes / 10);
        Datagrams(ref flow, up, Math.Max(40, upBytes / up), down, Math.Max(40, downBytes / down), seconds);
    }
}
