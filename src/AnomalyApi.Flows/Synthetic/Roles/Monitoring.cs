using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic.Roles;

/// <summary>The monitor pings servers, asks printers how much paper they have, looks whether sites answer; servers send it their logs.</summary>
internal sealed class Monitoring : OfficeRole
{
    public override double Share => 0.035;

    public override OfficeRhythm Rhythm => OfficeRhythm.Always;

    public override void Next(OfficeScene office, ref FlowSketch flow)
    {
        var random = office.Random;
        switch (random.Uniform())
        {
            case < 0.3:
                office.Between(ref flow, OfficeNetwork.Monitor, random.Pick(OfficeNetwork.Servers), 0, null);
                IcmpShape.Ping(ref flow, random, 3);
                break;
            case < 0.5:
                office.Between(ref flow, OfficeNetwork.Monitor, random.Pick(OfficeNetwork.Printers), 161, "snmp");
                UdpShape.Datagrams(ref flow, 6, random.LogNormal(80, 0.1), 6, random.LogNormal(95, 0.1), random.LogNormal(0.05, 0.3));
                break;
            case < 0.75:
                office.Between(ref flow, OfficeNetwork.Monitor, random.Chance(0.5) ? OfficeNetwork.Web : OfficeNetwork.Intranet, 443, "ssl");
                TcpShape.Exchange(ref flow, random, 780, (long)random.LogNormal(5_200, 0.1), random.LogNormal(0.03, 0.3));
                break;
            default:
                office.Between(ref flow, random.Pick(OfficeNetwork.Servers), OfficeNetwork.Monitor, 514, "syslog");
                UdpShape.Datagrams(ref flow, random.Between(1, 30), random.LogNormal(180, 0.3), 0, 0, random.LogNormal(20, 0.8));
                break;
        }
    }
}
