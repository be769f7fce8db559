using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic.Attacks;

/// <summary>ATT&amp;CK T1021.002, administrative shares, and T1021.001, remote desktop: a desk logs on to other desks one by one, copies a tool over and starts it. Some
/// are switched off, some refuse.</summary>
internal sealed class LateralMovement : SyntheticAttack
{
    public override string Name => "lateral-movement";

    public override string Technique => "T1021.002";

    public override string Summary => "One desk logs on to other desks one after another.";

    public override int TypicalFlows => 60;

    internal override double Next(AttackScene scene, ref FlowSketch flow)
    {
        var random = scene.Random;
        var target = random.Pick(OfficeNetwork.Workstations);
        if (target == scene.Desk)
            target = scene.Server;

        var dice = random.Uniform();
        var (port, service) = dice < 0.55 ? (445, "smb") : dice < 0.75 ? (135, "dce_rpc") : dice < 0.9 ? (3_389, "rdp") : (5_985, "http");
        scene.Between(ref flow, scene.Desk.IPv4, target.IPv4, port, service);
        if (random.Chance(0.2))
        {
            flow.Service = null;
            TcpShape.Refused(ref flow, random);
        }
        else
        {
            var tool = port == 445 && random.Chance(0.4) ? 900_000 : 7_000;
            TcpShape.Exchange(ref flow, random, (long)random.LogNormal(tool, 0.3), (long)random.LogNormal(9_000, 0.4), random.LogNormal(port == 3_389 ? 90 : 4, 0.6));
        }

        return random.Exponential(25);
    }
}
