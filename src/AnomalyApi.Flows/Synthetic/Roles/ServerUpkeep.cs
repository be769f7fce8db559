using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic.Roles;

/// <summary>What servers do for each other and for themselves: the resolver asks outside, sites ask the database, the clock is set.</summary>
internal sealed class ServerUpkeep : OfficeRole
{
    public override double Share => 0.06;

    public override OfficeRhythm Rhythm => OfficeRhythm.Always;

    public override void Next(OfficeScene office, ref FlowSketch flow)
    {
        var random = office.Random;
        switch (random.Uniform())
        {
            case < 0.45:
                office.ToOutside(ref flow, OfficeNetwork.Dns, 53, "dns");
                UdpShape.Ask(ref flow, random, 45, 220, 0.03);
                break;
            case < 0.75:
                office.Between(ref flow, random.Chance(0.5) ? OfficeNetwork.Web : OfficeNetwork.Intranet, OfficeNetwork.Database, 5_432, "postgresql");
                TcpShape.Talk(ref flow, random, 9_000, 60_000, 25);
                break;
            case < 0.9:
                office.AskTime(ref flow, random.Pick(OfficeNetwork.Servers));
                break;
            default:
                office.ToOutside(ref flow, OfficeNetwork.Dns, 123, "ntp");
                flow.SourcePort = 123;
                UdpShape.Datagrams(ref flow, 1, 48, 1, 48, random.LogNormal(0.02, 0.4));
                break;
        }
    }
}
