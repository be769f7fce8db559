using System.Text;

namespace AnomalyApi.Flows.Formats.Delimited;

/// <summary>What Argus and those who learned from it write as protocol where there is no IP: rows to be counted and not rejected.</summary>
internal static class NonIpProtocols
{
    private static readonly string[] Names =
        ["arp", "rarp", "llc", "man", "pppoe", "ipx/spx", "ipx", "lldp", "cdp", "ether", "eth", "loop", "lacp", "slow", "eapol", "wlan"];

    /// <summary>The word itself when it is one of them, else null.</summary>
    public static string? Find(ReadOnlySpan<byte> text)
    {
        // The two that nearly every flow has, and numbers.
        if (text.SequenceEqual("tcp"u8) || text.SequenceEqual("udp"u8) || text.Length < 3)
        {
            return null;
        }

        foreach (var name in Names)
        {
            if (text.Length == name.Length && Ascii.EqualsIgnoreCase(text, name))
            {
                return name;
            }
        }

        return null;
    }
}
