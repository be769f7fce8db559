using System.Text;

namespace AnomalyApi.Flows;

/// <summary>Directions as text.</summary>
public static class FlowDirections
{
    /// <summary>What <see cref="TryParse"/> takes, for error texts.</summary>
    public const string Allowed = "inbound, outbound, internal, external";

    // In the order of the enum, behind Unknown.
    private static readonly string[] Names = Allowed.Split(", ");

    /// <summary>The word for a direction; null for <see cref="FlowDirection.Unknown"/>.</summary>
    public static string? NameOf(FlowDirection direction) =>
        direction is > FlowDirection.Unknown and <= FlowDirection.External ? Names[(int)direction - 1] : null;

    /// <summary>Reads a direction, in any case.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out FlowDirection direction)
    {
        for (var i = 0; i < Names.Length; i++)
        {
            if (Ascii.EqualsIgnoreCase(utf8, Names[i]))
            {
                direction = (FlowDirection)(i + 1);
                return true;
            }
        }

        direction = FlowDirection.Unknown;
        return false;
    }

    /// <summary>The direction between two ends of which it is known whether they are local.</summary>
    public static FlowDirection Between(bool sourceIsLocal, bool destinationIsLocal) => (sourceIsLocal, destinationIsLocal) switch
    {
        (true, true) => FlowDirection.Internal,
        (true, false) => FlowDirection.Outbound,
        (false, true) => FlowDirection.Inbound,
        _ => FlowDirection.External,
    };
}
