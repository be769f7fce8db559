using System.Text;

namespace AnomalyApi.Flows;

/// <summary>Connection states as text: Zeek's own words.</summary>
public static class ConnectionStates
{
    /// <summary>What <see cref="TryParse"/> takes, for error texts.</summary>
    public const string Allowed = "S0, S1, SF, REJ, S2, S3, RSTO, RSTR, RSTOS0, RSTRH, SH, SHR, OTH";

    // In the order of the enum, behind Unknown.
    private static readonly string[] Names = Allowed.Split(", ");

    /// <summary>The word for a state; null for <see cref="ConnectionState.Unknown"/>.</summary>
    public static string? NameOf(ConnectionState state) =>
        state is > ConnectionState.Unknown and <= ConnectionState.Oth ? Names[(int)state - 1] : null;

    /// <summary>Reads a state, in any case.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out ConnectionState state)
    {
        for (var i = 0; i < Names.Length; i++)
        {
            if (utf8.Length == Names[i].Length && Ascii.EqualsIgnoreCase(utf8, Names[i]))
            {
                state = (ConnectionState)(i + 1);
                return true;
            }
        }

        state = ConnectionState.Unknown;
        return false;
    }
}
