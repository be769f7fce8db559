using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic.Roles;

/// <summary>Readers of the public web site.</summary>
internal sealed class Visitors : OfficeRole
{
    public override double Share => 0.06;

    public override OfficeRhythm Rhythm => OfficeRhythm.Readers;

    public override void Next(OfficeScene office, ref FlowSketch flow)
    {
        var isSecure = office.Random.Chance(0.85);
        office.FromOutside(ref flow, OfficeNetwork.Web, isSecure ? 443 : 80, isSecure ? "ssl" : "http");
        if (isSecure)
            TcpShape.Talk(ref flow, office.Random, 1_700, 24_000, 3);
        else
            TcpShape.Talk(ref flow, office.Random, 450, 700, 0.2);
    }
}
