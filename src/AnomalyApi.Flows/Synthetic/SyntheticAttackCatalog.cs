using AnomalyApi.Flows.Synthetic.Attacks;

namespace AnomalyApi.Flows.Synthetic;

/// <summary>Every kind of attack that can be planted. To add one, add its class and its line here.</summary>
public static class SyntheticAttackCatalog
{
    /// <summary>The attacks, in the order in which demonstrations plant them.</summary>
    public static IReadOnlyList<SyntheticAttack> All { get; } =
    [
        new VerticalScan(),
        new FastExfiltration(),
        new Beacon(),
        new SynFlood(),
        new HorizontalScan(),
        new DnsTunnel(),
        new BruteForce(),
        new UdpAmplification(),
        new SlowExfiltration(),
        new LateralMovement(),
        new CryptoMining(),
        new SlowScan(),
    ];

    /// <summary>The attack of that name, in any case.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those there are.</exception>
    public static SyntheticAttack Get(string name) =>
        All.FirstOrDefault(attack => attack.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"'{name}' is not one of: {string.Join(", ", All.Select(attack => attack.Name))}.", nameof(name));
}
