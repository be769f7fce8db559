namespace AnomalyApi.Flows;

/// <summary>TCP flags as letters, one for each bit.</summary>
/// <remarks>Bits as in the TCP header (RFC 9293, section 3.1, and RFC 3168 for E and C).</remarks>
public static class TcpFlagLetters
{
    /// <summary>Bit 0, the sender is done.</summary>
    public const byte Fin = 1;

    /// <summary>Bit 1, opens a connection.</summary>
    public const byte Syn = 2;

    /// <summary>Bit 2, aborts a connection.</summary>
    public const byte Rst = 4;

    /// <summary>Bit 3, hand over at once.</summary>
    public const byte Psh = 8;

    /// <summary>Bit 4, acknowledges.</summary>
    public const byte Ack = 16;

    /// <summary>The letter of bit 0 (FIN) to bit 7 (CWR).</summary>
    public const string Letters = "FSRPAUEC";

    private static readonly string[] Texts = AllTexts();

    /// <summary>The letters of the set bits in bit order; empty for none.</summary>
    public static string NameOf(byte flags) => Texts[flags];

    /// <summary>Reads letters in any order and case; no letters are no flags.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out byte flags)
    {
        flags = 0;
        foreach (var letter in utf8)
        {
            var bit = Letters.IndexOf((char)(letter & 0xDF), StringComparison.Ordinal);
            if (bit < 0 || !char.IsAsciiLetter((char)letter))
            {
                return false;
            }

            flags |= (byte)(1 << bit);
        }

        return true;
    }

    private static string[] AllTexts()
    {
        var texts = new string[256];
        for (var flags = 0; flags < texts.Length; flags++)
        {
            texts[flags] = string.Concat(Letters.Where((_, bit) => (flags & (1 << bit)) != 0));
        }

        return texts;
    }
}
