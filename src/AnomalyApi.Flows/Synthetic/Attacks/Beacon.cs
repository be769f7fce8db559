using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic.Attacks;

/// <summary>ATT&amp;CK T1071.001, web protocols, with T1573, encrypted channel: a desk asks its master for orders every minute, 20 % sooner or later, over TLS. Each
/// flow looks like any other; that they come at a beat and of one size is what gives them away.</summary>
internal sealed class Beacon : SyntheticAttack
{
    private const double Seconds = 60;
    private const double Jitter = 0.2;

    public override string Name => "beacon";

    public override string Technique => "T1071.001";

    public override string Summary => "One desk calls one outside address every minute, with jitter, always with the same few bytes.";

    public override int TypicalFlows => 60;

    internal override double Next(AttackScene scene, ref FlowSketch flow)
    {
        scene.Between(ref flow, scene.Desk.IPv4, scene.Hostile, 443, "ssl");
        TcpShape.Exchange(ref flow, scene.Random, 912, 1_474, scene.Random.Uniform(0.25, 0.35));
        return Seconds * scene.Random.Uniform(1 - Jitter, 1 + Jitter);
    }
}
