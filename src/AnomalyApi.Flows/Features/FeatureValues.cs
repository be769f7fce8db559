using AnomalyApi.Detection.Files;

namespace AnomalyApi.Flows.Features;

/// <summary>The formulas of single features.</summary>
internal static class FeatureValues
{
    private const int FirstRegisteredPort = 1024;
    private const int FirstDynamicPort = 49_152;

    /// <summary>ln(x + 1) of a count; -1 (missing) counts as 0.</summary>
    public static float LogCount(double count) => count <= 0 ? 0 : (float)Math.Log(count + 1);

    /// <summary>ln of the mean size + 1; 0 without packets or when a side is missing.</summary>
    public static float LogMean(long bytes, long packets) => bytes <= 0 || packets <= 0 ? 0 : (float)Math.Log(((double)bytes / packets) + 1);

    /// <summary>(forward - reverse) / (forward + reverse); missing counts as 0, and 0 is the answer for no traffic.</summary>
    public static float Ratio(long forward, long reverse)
    {
        double there = Math.Max(forward, 0);
        double back = Math.Max(reverse, 0);
        return there + back == 0 ? 0 : (float)((there - back) / (there + back));
    }

    /// <summary>0 system, 1 registered, 2 dynamic (RFC 6335, section 6); 0 without a port.</summary>
    public static float PortClass(byte protocol, int port) =>
        !IpProtocols.HasPorts(protocol) || port < FirstRegisteredPort ? 0 : port < FirstDynamicPort ? 1 : 2;

    /// <summary>Refuses what is no rarity.</summary>
    /// <exception cref="ModelFileException">The value is not finite or is negative.</exception>
    public static float CheckRarity(float value) =>
        float.IsFinite(value) && value >= 0 ? value : throw new ModelFileException($"{value} is not the rarity of a port or service.");
}
