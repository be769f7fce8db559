using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic.Attacks;

/// <summary>ATT&amp;CK T1048, exfiltration over an alternative protocol: a desk copies whole folders to an outside address over SFTP on a port that nobody watches, as fast as the line
/// carries it.</summary>
internal sealed class FastExfiltration : SyntheticAttack
{
    public override string Name => "fast-exfiltration";

    public override string Technique => "T1048";

    public override string Summary => "One desk sends gigabytes to an outside address, over a protocol it never used before.";

    public override int TypicalFlows => 10;

    internal override double Next(AttackScene scene, ref FlowSketch flow)
    {
        scene.Between(ref flow, scene.Desk.IPv4, scene.Hostile, 2_222, "ssh");

        // Below 4 GiB, so that NetFlow version 5 can count it.
        TcpShape.Exchange(ref flow, scene.Random, (long)scene.Random.Uniform(1.2e9, 3.6e9), 90_000, 30);
        return 5 + (flow.Duration / 1e6);
    }
}
