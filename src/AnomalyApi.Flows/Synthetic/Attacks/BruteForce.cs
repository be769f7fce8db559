using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic.Attacks;

/// <summary>ATT&amp;CK T1110.001, password guessing, at T1021.004, SSH: a handshake and three wrong passwords in each connection, one connection after the other,
/// all of nearly the same size. The server ends them.</summary>
internal sealed class BruteForce : SyntheticAttack
{
    public override string Name => "brute-force";

    public override string Technique => "T1110.001";

    public override string Summary => "One outside address logs on to the web server over SSH again and again, in vain.";

    public override int TypicalFlows => 300;

    internal override double Next(AttackScene scene, ref FlowSketch flow)
    {
        scene.Between(ref flow, scene.Hostile, OfficeNetwork.Web.IPv4, 22, "ssh");
        TcpShape.Exchange(ref flow, scene.Random, 1_700 + scene.Random.Between(0, 96), 2_300 + scene.Random.Between(0, 64), scene.Random.Uniform(4, 7));
        if (scene.Random.Chance(0.3))
            TcpShape.End(ref flow, ConnectionState.Rstr);

        return scene.Random.Exponential(1.5);
    }
}
