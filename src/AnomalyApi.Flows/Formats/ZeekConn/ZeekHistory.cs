namespace AnomalyApi.Flows.Formats.ZeekConn;

/// <summary>What Zeek's <c>history</c> says about TCP flags.</summary>
internal static class ZeekHistory
{
    /// <summary>The union of the flags of both sides.</summary>
    /// <remarks>s: SYN. h: SYN and ACK. a: ACK alone. d: data, and t: data again, which carry ACK in every connection that is open; PSH is not
    /// recorded, so it is not claimed. f: FIN, r: RST. The other letters (checksum, gap, window, inconsistent flags, direction) say nothing
    /// certain about flags.</remarks>
    public static byte ToTcpFlags(ReadOnlySpan<byte> history)
    {
        var flags = 0;
        foreach (var letter in history)
        {
            flags |= (letter | 0x20) switch
            {
                's' => TcpFlagLetters.Syn,
                'h' => TcpFlagLetters.Syn | TcpFlagLetters.Ack,
                'a' or 'd' or 't' => TcpFlagLetters.Ack,
                'f' => TcpFlagLetters.Fin,
                'r' => TcpFlagLetters.Rst,
                _ => 0,
            };
        }

        return (byte)flags;
    }
}
