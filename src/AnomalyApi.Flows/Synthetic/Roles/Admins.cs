using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic.Roles;

/// <summary>Those who look after the servers: shells, remote desktops, consoles, a ping.</summary>
internal sealed class Admins : OfficeRole
{
    public override double Share => 0.03;

    public override OfficeRhythm Rhythm => OfficeRhythm.WorkingHours;

    public override void Next(OfficeScene office, ref FlowSketch flow)
    {
        var random = office.Random;
        var admin = random.Pick(OfficeNetwork.Admins);
        var server = random.Pick(OfficeNetwork.Servers);
        switch (random.Uniform())
        {
            case < 0.45:
                office.Between(ref flow, admin, server, 22, "ssh");
                TcpShape.Talk(ref flow, random, 20_000, 45_000, 300);
                break;
            case < 0.6:
                office.Between(ref flow, admin, OfficeNetwork.Directory, 3_389, "rdp");
                TcpShape.Talk(ref flow, random, 200_000, 3_000_000, 900);
                break;
            case < 0.75:
                office.Between(ref flow, admin, server, 8_443, "ssl");
                TcpShape.Talk(ref flow, random, 4_000, 60_000, 20);
                break;
            case < 0.85:
                office.Between(ref flow, admin, server, 0, null);
                IcmpShape.Ping(ref flow, random, 4);
                break;
            default:
                office.LookUp(ref flow, admin);
                break;
        }
    }
}
