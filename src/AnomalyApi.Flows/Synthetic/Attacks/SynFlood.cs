using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic.Attacks;

/// <summary>ATT&amp;CK T1498.001, direct network flood: SYNs from forged addresses to the public web site, 2,000 a second. Its queue is full, so nothing comes back.</summary>
internal sealed class SynFlood : SyntheticAttack
{
    public override string Name => "syn-flood";

    public override string Technique => "T1498.001";

    public override string Summary => "Thousands of forged outside addresses open connections to the web server and never finish them.";

    public override int TypicalFlows => 5_000;

    internal override double Next(AttackScene scene, ref FlowSketch flow)
    {
        scene.Between(ref flow, OfficeNetwork.Anybody(scene.Random), OfficeNetwork.Web.IPv4, 443, null);
        flow.SourcePort = scene.Random.Between(1_024, 65_536);
        TcpShape.Probe(ref flow);
        return scene.Random.Exponential(0.0005);
    }
}
