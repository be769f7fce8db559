using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic.Attacks;

/// <summary>ATT&amp;CK T1595.001, scanning of address blocks, low and slow: an outside address tries one well-known port of a server every five minutes or so,
/// to stay below what counts per minute.</summary>
internal sealed class SlowScan : SyntheticAttack
{
    private static readonly int[] Ports = [21, 22, 23, 25, 80, 110, 111, 135, 139, 143, 443, 445, 993, 1_433, 1_723, 3_306, 3_389, 5_432, 5_900, 6_379, 8_080, 8_443, 9_200, 27_017];

    public override string Name => "slow-scan";

    public override string Technique => "T1595.001";

    public override string Summary => "One outside address tries a port of a server every five minutes.";

    public override int TypicalFlows => 48;

    internal override double Next(AttackScene scene, ref FlowSketch flow)
    {
        var server = OfficeNetwork.Servers[(scene.Number / Ports.Length) % OfficeNetwork.Servers.Length];
        scene.Between(ref flow, scene.Hostile, server.IPv4, Ports[(scene.Salt + scene.Number) % Ports.Length], null);
        if (scene.Random.Chance(0.3))
            TcpShape.Refused(ref flow, scene.Random);
        else
            TcpShape.Unanswered(ref flow, attempts: 1);

        return scene.Random.Uniform(200, 400);
    }
}
