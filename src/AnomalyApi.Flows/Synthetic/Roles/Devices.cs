using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic.Roles;

/// <summary>Things without people: sensors that report to their maker, cameras that stream to the recorder, printers that look up names.</summary>
internal sealed class Devices : OfficeRole
{
    public override double Share => 0.09;

    public override OfficeRhythm Rhythm => OfficeRhythm.Always;

    public override void Next(OfficeScene office, ref FlowSketch flow)
    {
        var random = office.Random;
        switch (random.Uniform())
        {
            case < 0.4:
                office.ToOutside(ref flow, random.Pick(OfficeNetwork.Sensors), 8_883, "mqtt");
                TcpShape.Talk(ref flow, random, 900, 4_200, 60);
                break;
            case < 0.65:
                office.LookUp(ref flow, random.Pick(OfficeNetwork.Sensors));
                break;
            case < 0.8:
                office.AskTime(ref flow, random.Pick(random.Chance(0.5) ? OfficeNetwork.Sensors : OfficeNetwork.Cameras));
                break;
            case < 0.9:
                // Five minutes of video a piece, at about 2 Mbit/s.
                office.Between(ref flow, random.Pick(OfficeNetwork.Cameras), OfficeNetwork.Recorder, 554, "rtsp");
                TcpShape.Exchange(ref flow, random, (long)random.LogNormal(75_000_000, 0.1), (long)random.LogNormal(9_000, 0.1), random.LogNormal(300, 0.01));
                break;
            default:
                office.LookUp(ref flow, random.Pick(OfficeNetwork.Printers));
                break;
        }
    }
}
