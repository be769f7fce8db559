namespace AnomalyApi.Flows.Formats;

/// <summary>The connection state that the flags of both sides prove, for sources that tell no more.</summary>
internal static class TcpStateOfFlags
{
    private const int SynAck = TcpFlagLetters.Syn | TcpFlagLetters.Ack;

    /// <summary>The state; unknown where the flags allow several.</summary>
    /// <param name="forward">All flags the originator sent in the whole connection.</param>
    /// <param name="reverse">All flags the responder sent; 0 when it sent nothing.</param>
    /// <remarks>Without the order of the packets two things stay open. When both sides sent RST nobody can say who aborted, so no state is claimed. A RST
    /// counts before a FIN, as it does for Zeek.</remarks>
    public static ConnectionState Of(int forward, int reverse)
    {
        var fins = ((forward & TcpFlagLetters.Fin) != 0, (reverse & TcpFlagLetters.Fin) != 0);
        var resets = ((forward & TcpFlagLetters.Rst) != 0, (reverse & TcpFlagLetters.Rst) != 0);
        if ((forward & TcpFlagLetters.Syn) == 0)
        {
            // A SYN-ACK without the SYN that it answers; anything else is midstream.
            return (reverse & SynAck) != SynAck ? ConnectionState.Oth
                : resets.Item2 ? ConnectionState.Rstrh
                : fins.Item2 && !fins.Item1 ? ConnectionState.Shr
                : ConnectionState.Oth;
        }

        if ((reverse & TcpFlagLetters.Syn) == 0)
        {
            return resets switch
            {
                (true, true) => ConnectionState.Unknown,
                (false, true) => ConnectionState.Rej,
                (true, false) => ConnectionState.Rstos0,
                _ => reverse != 0 ? ConnectionState.Unknown : fins.Item1 ? ConnectionState.SH : ConnectionState.S0,
            };
        }

        return (resets, fins) switch
        {
            ((true, true), _) => ConnectionState.Unknown,
            ((true, false), _) => ConnectionState.Rsto,
            ((false, true), _) => ConnectionState.Rstr,
            (_, (true, true)) => ConnectionState.SF,
            (_, (true, false)) => ConnectionState.S2,
            (_, (false, true)) => ConnectionState.S3,
            _ => ConnectionState.S1,
        };
    }

    /// <summary>The state of a connection without handshake, as Zeek has it: of UDP who spoke, of everything else nothing.</summary>
    public static ConnectionState WithoutHandshake(byte protocol, long forwardPackets, long reversePackets) =>
        protocol is not (IpProtocols.Udp or IpProtocols.UdpLite) ? ConnectionState.Oth
        : (forwardPackets > 0, reversePackets > 0) switch
        {
            (true, true) => ConnectionState.SF,
            (true, false) => ConnectionState.S0,
            (false, true) => ConnectionState.Shr,
            _ => ConnectionState.Unknown,
        };
}
