namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>What is known of one exporter. Written by the decoder's thread; the counters may be read from any.</summary>
internal sealed class ExporterState
{
    // Beyond this a domain is not remembered, since its number comes from the network.
    private const int MostDomains = 256;

    private readonly Dictionary<ulong, ExportDomain> _domains = [];
    private ExportDomain? _last;
    private int[] _versions = [];

    public long Datagrams;
    public long Malformed;
    public long Records;
    public long OptionsRecords;
    public long Skipped;
    public long Rejected;
    public long Flows;
    public long Paired;
    public long SetsHeld;
    public long SetsDecodedLate;
    public long SetsExpired;
    public long MissedFlows;
    public long MissedPackets;
    public long MissedRecords;
    public long MissedDatagrams;
    public long Restarts;
    public long TemplatesRefused;
    public int Templates;
    public int SamplingInterval = 1;
    public long LastSeen;

    public ExporterState(IpAddressValue address)
    {
        Address = address;
        Use = new LinkedListNode<ExporterState>(this);
    }

    /// <summary>Where its datagrams come from.</summary>
    public IpAddressValue Address { get; }

    /// <summary>Its place among the exporters by their last datagram.</summary>
    public LinkedListNode<ExporterState> Use { get; }

    /// <summary>Sensor of its flows; null when the reader says who it is.</summary>
    public string? Sensor { get; set; }

    /// <summary>Its domains.</summary>
    public IReadOnlyCollection<ExportDomain> Domains => _domains.Values;

    /// <summary>The domain of that number; null when there are too many.</summary>
    public ExportDomain? Domain(byte version, uint id)
    {
        if (_last is { } last && last.Version == version && last.Id == id)
        {
            return last;
        }

        var key = ((ulong)version << 32) | id;
        if (!_domains.TryGetValue(key, out var domain))
        {
            if (_domains.Count >= MostDomains)
            {
                return null;
            }

            domain = new ExportDomain(this, version, id);
            _domains.Add(key, domain);
            Volatile.Write(ref _versions, [.. _domains.Values.Select(other => (int)other.Version).Distinct().Order()]);
        }

        _last = domain;
        return domain;
    }

    /// <summary>Books what the sequence numbers of a domain say.</summary>
    public void CountSequence(ref long missed, long? lost)
    {
        if (lost is { } units)
        {
            missed = Math.Max(0, missed + units);
        }
        else
        {
            Restarts++;
        }
    }

    /// <summary>Adds the counts of another, so that totals stay when it is forgotten.</summary>
    public void Absorb(ExporterState other)
    {
        Datagrams += other.Datagrams;
        Malformed += other.Malformed;
        Records += other.Records;
        OptionsRecords += other.OptionsRecords;
        Skipped += other.Skipped;
        Rejected += other.Rejected;
        Flows += other.Flows;
        Paired += other.Paired;
        SetsHeld += other.SetsHeld;
        SetsDecodedLate += other.SetsDecodedLate;
        SetsExpired += other.SetsExpired;
        MissedFlows += other.MissedFlows;
        MissedPackets += other.MissedPackets;
        MissedRecords += other.MissedRecords;
        MissedDatagrams += other.MissedDatagrams;
        Restarts += other.Restarts;
        TemplatesRefused += other.TemplatesRefused;
        Templates += other.Templates;
    }

    /// <summary>A copy of the counters.</summary>
    public ExporterStatistics Statistics() => new()
    {
        Address = Address,
        Sensor = Sensor,
        Versions = Volatile.Read(ref _versions),
        Datagrams = Volatile.Read(ref Datagrams),
        Malformed = Volatile.Read(ref Malformed),
        Records = Volatile.Read(ref Records),
        OptionsRecords = Volatile.Read(ref OptionsRecords),
        Skipped = Volatile.Read(ref Skipped),
        Rejected = Volatile.Read(ref Rejected),
        Flows = Volatile.Read(ref Flows),
        Paired = Volatile.Read(ref Paired),
        SetsHeld = Volatile.Read(ref SetsHeld),
        SetsDecodedLate = Volatile.Read(ref SetsDecodedLate),
        SetsExpired = Volatile.Read(ref SetsExpired),
        MissedFlows = Volatile.Read(ref MissedFlows),
        MissedPackets = Volatile.Read(ref MissedPackets),
        MissedRecords = Volatile.Read(ref MissedRecords),
        MissedDatagrams = Volatile.Read(ref MissedDatagrams),
        Restarts = Volatile.Read(ref Restarts),
        Templates = Volatile.Read(ref Templates),
        TemplatesRefused = Volatile.Read(ref TemplatesRefused),
        SamplingInterval = Volatile.Read(ref SamplingInterval),
        LastSeen = Volatile.Read(ref LastSeen),
    };
}
