namespace AnomalyApi.Flows.Formats.ArgusBinetflow;

/// <summary>What Argus' state column says: the flags of both sides (<c>FSPA_SRA</c>), or a word (<c>CON</c>).</summary>
internal static class ArgusState
{
    /// <summary>Reads flags of both sides, as <c>ra -Z b</c> prints them; false when the text is a word.</summary>
    public static bool TryFlags(ReadOnlySpan<byte> text, out byte source, out byte destination)
    {
        source = destination = 0;
        var middle = text.IndexOf((byte)'_');
        return middle >= 0 && TcpFlagLetters.TryParse(text[..middle], out source) && TcpFlagLetters.TryParse(text[(middle + 1)..], out destination);
    }

    /// <summary>The state that a word and the counts prove.</summary>
    /// <param name="text">The word.</param>
    /// <param name="protocol">IANA number.</param>
    /// <param name="sawStart">The arrow has no question mark: Argus saw who began.</param>
    /// <param name="forward">Packets of the originator; -1 when not known.</param>
    /// <param name="reverse">Packets of the responder; -1 when not known.</param>
    public static ConnectionState OfWord(ReadOnlySpan<byte> text, byte protocol, bool sawStart, long forward, long reverse)
    {
        if (protocol != IpProtocols.Tcp)
        {
            var byCounts = TcpStateOfFlags.WithoutHandshake(protocol, forward, reverse);
            return byCounts != ConnectionState.Unknown || forward >= 0 ? byCounts
                : text.SequenceEqual("CON"u8) ? ConnectionState.SF
                : text.SequenceEqual("INT"u8) || text.SequenceEqual("REQ"u8) ? ConnectionState.S0
                : text.SequenceEqual("RSP"u8) ? ConnectionState.Shr
                : ConnectionState.Unknown;
        }

        if (!sawStart)
        {
            return ConnectionState.Oth;
        }

        if (text.SequenceEqual("REQ"u8))
        {
            return reverse is 0 or -1 ? ConnectionState.S0 : ConnectionState.Unknown;
        }

        // One packet each way and reset: a SYN, and the RST that answers it. With more packets nobody can say who aborted.
        if (text.SequenceEqual("RST"u8))
        {
            return (forward, reverse) is (1, 1) ? ConnectionState.Rej : ConnectionState.Unknown;
        }

        if (text.SequenceEqual("ACC"u8) || text.SequenceEqual("CON"u8) || text.SequenceEqual("EST"u8))
        {
            return ConnectionState.S1;
        }

        if (text.SequenceEqual("FIN"u8) || text.SequenceEqual("CLO"u8))
        {
            return reverse == 0 ? ConnectionState.SH : ConnectionState.SF;
        }

        return ConnectionStates.TryParse(text, out var state) ? state : ConnectionState.Unknown;
    }
}
