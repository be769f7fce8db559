using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic.Roles;

/// <summary>The nightly backup: servers and desks send what has changed.</summary>
internal sealed class Backups : OfficeRole
{
    public override double Share => 0.01;

    public override OfficeRhythm Rhythm => OfficeRhythm.Night;

    public override void Next(OfficeScene office, ref FlowSketch flow)
    {
        var random = office.Random;
        var isServer = random.Chance(0.3);
        office.Between(ref flow, random.Pick(isServer ? OfficeNetwork.Servers : OfficeNetwork.Workstations), OfficeNetwork.Backup, 873, "rsync");
        TcpShape.Talk(ref flow, random, isServer ? 400_000_000 : 40_000_000, 700_000, isServer ? 900 : 200);
    }
}
