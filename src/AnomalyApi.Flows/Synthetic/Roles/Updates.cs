using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic.Roles;

/// <summary>Software that keeps itself new: many look whether there is something, few fetch it.</summary>
internal sealed class Updates : OfficeRole
{
    public override double Share => 0.015;

    public override OfficeRhythm Rhythm => OfficeRhythm.Always;

    public override void Next(OfficeScene office, ref FlowSketch flow)
    {
        var random = office.Random;
        var machine = random.Pick(random.Chance(0.7) ? OfficeNetwork.Workstations : OfficeNetwork.Servers);
        if (random.Chance(0.75))
        {
            office.ToOutside(ref flow, machine, 443, "ssl");
            TcpShape.Talk(ref flow, random, 1_500, 9_000, 0.6);
        }
        else
        {
            office.ToOutside(ref flow, machine, 80, "http");
            TcpShape.Talk(ref flow, random, 900, 30_000_000, 15);
        }
    }
}
