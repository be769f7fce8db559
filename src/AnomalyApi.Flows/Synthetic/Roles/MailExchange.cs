using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic.Roles;

/// <summary>Mail that comes and goes between the office's server and others.</summary>
internal sealed class MailExchange : OfficeRole
{
    public override double Share => 0.03;

    public override OfficeRhythm Rhythm => OfficeRhythm.Readers;

    public override void Next(OfficeScene office, ref FlowSketch flow)
    {
        var random = office.Random;
        switch (random.Uniform())
        {
            case < 0.55:
                office.FromOutside(ref flow, OfficeNetwork.Mail, 25, "smtp");
                TcpShape.Talk(ref flow, random, 22_000, 1_500, 3);
                break;
            case < 0.8:
                office.ToOutside(ref flow, OfficeNetwork.Mail, 25, "smtp");
                TcpShape.Talk(ref flow, random, 30_000, 1_600, 3);
                break;
            default:
                // Who is that, and is the name on a list of senders of spam?
                office.LookUp(ref flow, OfficeNetwork.Mail);
                break;
        }
    }
}
