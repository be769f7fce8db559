using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic.Attacks;

/// <summary>ATT&amp;CK T1030, data transfer size limits, with T1029, scheduled transfer: a desk sends out a few megabytes every five minutes over TLS, each
/// no more than a large mail.</summary>
internal sealed class SlowExfiltration : SyntheticAttack
{
    public override string Name => "slow-exfiltration";

    public override string Technique => "T1030";

    public override string Summary => "One desk sends four megabytes to an outside address every five minutes.";

    public override int TypicalFlows => 40;

    internal override double Next(AttackScene scene, ref FlowSketch flow)
    {
        scene.Between(ref flow, scene.Desk.IPv4, scene.Hostile, 443, "ssl");
        TcpShape.Exchange(ref flow, scene.Random, (long)scene.Random.LogNormal(4_000_000, 0.1), 5_200, scene.Random.LogNormal(9, 0.2));
        return scene.Random.Uniform(270, 330);
    }
}
