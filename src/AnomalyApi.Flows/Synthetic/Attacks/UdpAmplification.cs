using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic.Attacks;

/// <summary>ATT&amp;CK T1498.002, reflection amplification: open time, name and cache servers answer questions that the web server never asked (somebody forged its
/// address), with far more than was asked: lists of 440 bytes, records of 3,000 in fragments, caches of a megabyte.</summary>
internal sealed class UdpAmplification : SyntheticAttack
{
    public override string Name => "udp-amplification";

    public override string Technique => "T1498.002";

    public override string Summary => "Many outside servers send the web server large UDP answers to questions it never asked.";

    public override int TypicalFlows => 2_000;

    internal override double Next(AttackScene scene, ref FlowSketch flow)
    {
        var random = scene.Random;
        scene.Between(ref flow, OfficeNetwork.Anybody(random), OfficeNetwork.Web.IPv4, random.Between(1_024, 65_536), null);
        switch (random.Uniform())
        {
            case < 0.5:
                flow.SourcePort = 123;
                UdpShape.Datagrams(ref flow, random.Between(20, 101), 440, 0, 0, random.Uniform(0.005, 0.05));
                break;
            case < 0.85:
                flow.SourcePort = 53;
                UdpShape.Datagrams(ref flow, 3 * random.Between(1, 6), 1_020, 0, 0, random.Uniform(0.001, 0.5));
                break;
            default:
                flow.SourcePort = 11_211;
                UdpShape.Datagrams(ref flow, random.Between(200, 751), 1_400, 0, 0, random.Uniform(0.02, 0.2));
                break;
        }

        return random.Exponential(0.002);
    }
}
