namespace AnomalyApi.Flows.Synthetic.Attacks;

/// <summary>One attack while it runs: who does it to whom, and how far it is.</summary>
internal sealed class AttackScene
{
    private readonly SyntheticAttack _attack;
    private FlowSketch _next;

    /// <param name="at">UTC microseconds since 1970 of its first flow.</param>
    public AttackScene(SyntheticAttack attack, SyntheticRandom random, long at, int flows)
    {
        _attack = attack;
        Random = random;
        Remaining = flows;
        NextStart = at;
        Desk = random.Pick(OfficeNetwork.Workstations);
        Server = random.Pick(OfficeNetwork.Servers);
        Hostile = OfficeNetwork.Hostile(random);
        Salt = (int)(random.Next() >> 33);
    }

    /// <summary>Chance of its own, so that everyday work beside it changes nothing.</summary>
    public SyntheticRandom Random { get; }

    /// <summary>The machine at a desk that was taken over.</summary>
    public OfficeHost Desk { get; }

    /// <summary>The server that is attacked.</summary>
    public OfficeHost Server { get; }

    /// <summary>Whom the attack comes from, or goes to, outside.</summary>
    public IpAddressValue Hostile { get; }

    /// <summary>A number of this attack, 0 or more.</summary>
    public int Salt { get; }

    /// <summary>Flows so far.</summary>
    public int Number { get; private set; }

    /// <summary>Flows to come.</summary>
    public int Remaining { get; private set; }

    /// <summary>UTC microseconds since 1970 of the next flow.</summary>
    public long NextStart { get; private set; }

    /// <summary>Puts the next flow into the batch.</summary>
    public void AddNext(FlowBatch batch)
    {
        _next = default;
        _next.Start = NextStart;
        var gap = _attack.Next(this, ref _next);
        _next.AddTo(batch, SyntheticTraffic.Sensor, _attack.Name);
        NextStart += Math.Max(1, (long)(gap * 1_000_000));
        Number++;
        Remaining--;
    }

    /// <summary>From one end to the other, from a port of a client.</summary>
    public void Between(ref FlowSketch flow, in IpAddressValue source, in IpAddressValue destination, int port, string? service)
    {
        flow.Source = source;
        flow.Destination = destination;
        flow.SourcePort = Random.Between(49_152, 65_536);
        flow.DestinationPort = port;
        flow.Service = service;
    }
}
