using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic.Attacks;

/// <summary>ATT&amp;CK T1046, network service discovery: a SYN to every port of one server, 200 a second, in shuffled order as nmap sends them. Closed ports
/// answer with a reset, those behind a filter not at all, and open ones get the scanner's reset.</summary>
internal sealed class VerticalScan : SyntheticAttack
{
    public override string Name => "vertical-scan";

    public override string Technique => "T1046";

    public override string Summary => "One outside address tries the ports of one server.";

    public override int TypicalFlows => 1_000;

    internal override double Next(AttackScene scene, ref FlowSketch flow)
    {
        // 40,503 is prime, so 65,535 ports come before one comes again.
        var port = 1 + (int)((scene.Salt + (scene.Number * 40_503L)) % 65_535);
        scene.Between(ref flow, scene.Hostile, scene.Server.IPv4, port, null);
        switch (scene.Random.Uniform())
        {
            case < 0.6:
                TcpShape.Refused(ref flow, scene.Random);
                flow.ForwardBytes = 44;
                break;
            case < 0.99:
                TcpShape.Probe(ref flow);
                break;
            default:
                TcpShape.ProbeOpen(ref flow, scene.Random);
                break;
        }

        return scene.Random.Exponential(0.005);
    }
}
