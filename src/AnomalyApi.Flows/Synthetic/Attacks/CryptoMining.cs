using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic.Attacks;

/// <summary>ATT&amp;CK T1496, resource hijacking: a desk mines for somebody else. One connection to a pool after the other, each an hour long, in which small
/// messages go to and fro (Stratum over TCP).</summary>
internal sealed class CryptoMining : SyntheticAttack
{
    public override string Name => "crypto-mining";

    public override string Technique => "T1496";

    public override string Summary => "One desk holds hour-long connections of small messages to a mining pool.";

    public override int TypicalFlows => 12;

    internal override double Next(AttackScene scene, ref FlowSketch flow)
    {
        var random = scene.Random;
        scene.Between(ref flow, scene.Desk.IPv4, scene.Hostile, scene.Salt % 2 == 0 ? 3_333 : 14_444, null);

        // A job about every 20 seconds, a result every 40.
        var seconds = random.LogNormal(3_600, 0.3);
        var (jobs, results) = ((long)(seconds / 20), (long)(seconds / 40));
        TcpShape.Exchange(ref flow, random, results * 210, jobs * 280, seconds);

        // Small messages fill no packets: one for each, and one to acknowledge it.
        flow.ForwardPackets = 3 + results + jobs;
        flow.ReversePackets = 2 + results + jobs;
        flow.ForwardBytes = (results * 210) + (flow.ForwardPackets * 52) + 8;
        flow.ReverseBytes = (jobs * 280) + (flow.ReversePackets * 52) + 8;
        if (random.Chance(0.5))
            TcpShape.End(ref flow, ConnectionState.S1);

        return seconds + random.Uniform(1, 30);
    }
}
