using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic.Roles;

/// <summary>People at their desks: names, the web, files, mail, the intranet, calls, printing.</summary>
internal sealed class Workstations : OfficeRole
{
    public override double Share => 0.6;

    public override OfficeRhythm Rhythm => OfficeRhythm.WorkingHours;

    public override void Next(OfficeScene office, ref FlowSketch flow)
    {
        var random = office.Random;
        var desk = random.Pick(OfficeNetwork.Workstations);
        switch (random.Uniform())
        {
            case < 0.33:
                office.LookUp(ref flow, desk);
                break;
            case < 0.67:
                office.Browse(ref flow, desk);
                break;
            case < 0.76:
                office.Between(ref flow, desk, OfficeNetwork.Files, 445, "smb");
                TcpShape.Talk(ref flow, random, 6_000, 40_000, 12);
                break;
            case < 0.82:
                office.Between(ref flow, desk, OfficeNetwork.Mail, 993, "ssl");
                TcpShape.Talk(ref flow, random, 2_500, 8_000, 40);
                break;
            case < 0.84:
                office.Between(ref flow, desk, OfficeNetwork.Mail, 587, "smtp");
                TcpShape.Talk(ref flow, random, 30_000, 1_800, 2);
                break;
            case < 0.9:
                office.Between(ref flow, desk, OfficeNetwork.Intranet, 443, "ssl");
                TcpShape.Talk(ref flow, random, 3_000, 25_000, 5);
                break;
            case < 0.935:
                LogOn(office, ref flow, desk);
                break;
            case < 0.955:
                // A call: both talk, 50 packets of 160 bytes a second.
                office.ToOutside(ref flow, desk, 3_478, "rtp");
                var seconds = random.LogNormal(420, 0.8);
                UdpShape.Datagrams(ref flow, (long)(50 * seconds), 172, (long)(48 * seconds), 172, seconds);
                break;
            case < 0.968:
                office.Between(ref flow, desk, random.Pick(OfficeNetwork.Printers), 9_100, null);
                TcpShape.Talk(ref flow, random, 900_000, 300, 8);
                break;
            case < 0.993:
                office.AskTime(ref flow, desk);
                break;
            case < 0.996:
                office.Between(ref flow, desk, OfficeNetwork.Files, 0, null);
                IcmpShape.Ping(ref flow, random, 4);
                break;
            default:
                office.BrowseInVain(ref flow, desk);
                break;
        }
    }

    private static void LogOn(OfficeScene office, ref FlowSketch flow, in OfficeHost desk)
    {
        if (office.Random.Chance(0.6))
        {
            office.Between(ref flow, desk, OfficeNetwork.Directory, 88, "krb");
            TcpShape.Talk(ref flow, office.Random, 1_800, 1_700, 0.02);
        }
        else
        {
            office.Between(ref flow, desk, OfficeNetwork.Directory, 389, "ldap");
            TcpShape.Talk(ref flow, office.Random, 1_200, 4_000, 0.5);
        }
    }
}
