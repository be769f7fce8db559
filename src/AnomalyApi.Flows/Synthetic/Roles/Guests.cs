namespace AnomalyApi.Flows.Synthetic.Roles;

/// <summary>Telephones and notebooks of visitors. They see the Internet and the resolver, nothing else.</summary>
internal sealed class Guests : OfficeRole
{
    public override double Share => 0.08;

    public override OfficeRhythm Rhythm => OfficeRhythm.MeetingHours;

    public override void Next(OfficeScene office, ref FlowSketch flow)
    {
        var guest = office.Random.Pick(OfficeNetwork.Guests);
        switch (office.Random.Uniform())
        {
            case < 0.4:
                office.LookUp(ref flow, guest);
                break;
            case < 0.99:
                office.Browse(ref flow, guest);
                break;
            default:
                office.BrowseInVain(ref flow, guest);
                break;
        }
    }
}
