using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic.Attacks;

/// <summary>ATT&amp;CK T1071.004, DNS, with T1572, protocol tunnelling: a desk hides data in names of up to 253 characters and gets answers in TXT or NULL records, as
/// iodine does, through the office's resolver, several a second.</summary>
internal sealed class DnsTunnel : SyntheticAttack
{
    public override string Name => "dns-tunnel";

    public override string Technique => "T1071.004";

    public override string Summary => "One desk looks up very long names and gets very long answers, several a second.";

    public override int TypicalFlows => 500;

    internal override double Next(AttackScene scene, ref FlowSketch flow)
    {
        scene.Between(ref flow, scene.Desk.IPv4, OfficeNetwork.Dns.IPv4, 53, "dns");
        UdpShape.Datagrams(ref flow, 1, scene.Random.Uniform(220, 282), 1, scene.Random.Uniform(600, 1_180), scene.Random.LogNormal(0.04, 0.3));
        return scene.Random.Exponential(0.2);
    }
}
