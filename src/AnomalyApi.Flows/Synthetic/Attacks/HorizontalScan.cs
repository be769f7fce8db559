using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic.Attacks;

/// <summary>ATT&amp;CK T1046 with T1018, remote system discovery: a desk that was taken over looks for file shares on every address of the office, 50 a second, in
/// order. Most addresses are not in use and do not answer.</summary>
internal sealed class HorizontalScan : SyntheticAttack
{
    private static readonly int[] Subnets = [0, 1, 2, 3, 4];

    public override string Name => "horizontal-scan";

    public override string Technique => "T1046";

    public override string Summary => "One desk tries one port of every address of the office.";

    public override int TypicalFlows => 500;

    internal override double Next(AttackScene scene, ref FlowSketch flow)
    {
        var place = (scene.Salt % 100_000) + scene.Number;
        var subnet = Subnets[place / 253 % Subnets.Length];
        var target = OfficeNetwork.Inside(subnet, 1 + (place % 253));

        // It does not try itself.
        target = target == scene.Desk.IPv4 ? OfficeNetwork.Inside(subnet, 254) : target;
        scene.Between(ref flow, scene.Desk.IPv4, target, 445, null);
        switch (scene.Random.Uniform())
        {
            case < 0.75:
                TcpShape.Probe(ref flow);
                break;
            case < 0.9:
                TcpShape.Refused(ref flow, scene.Random);
                flow.ForwardBytes = 44;
                break;
            default:
                TcpShape.ProbeOpen(ref flow, scene.Random);
                break;
        }

        return scene.Random.Exponential(0.02);
    }
}
