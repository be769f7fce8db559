namespace AnomalyApi.Flows.Synthetic;

/// <summary>Makes believable traffic of an office, and attacks to plant in it. The same seed gives the same flows. Not thread-safe.</summary>
/// <remarks>For demonstrations and tests: every address is private or set aside for documentation (RFC 5737).</remarks>
public sealed class SyntheticTraffic
{
    /// <summary>Label of the flows that are not part of an attack.</summary>
    public const string Benign = "benign";

    private const int Workstations = 40;
    private const string Sensor = "office-1";

    private static readonly IpAddressValue DnsServer = IpAddressValue.Parse("10.20.0.2");
    private static readonly IpAddressValue FileServer = IpAddressValue.Parse("10.20.0.10");
    private static readonly IpAddressValue MailServer = IpAddressValue.Parse("10.20.0.11");
    private static readonly IpAddressValue WebServer = IpAddressValue.Parse("10.20.0.12");
    private static readonly IpAddressValue BackupServer = IpAddressValue.Parse("10.20.0.20");
    private static readonly IpAddressValue Scanner = IpAddressValue.Parse("203.0.113.9");

    private readonly SyntheticRandom _random;
    private DateTime _clock;

    /// <summary>Starts the clock of the traffic.</summary>
    /// <param name="start">UTC time of the first flow.</param>
    public SyntheticTraffic(ulong seed, DateTime start)
    {
        _random = new SyntheticRandom(seed);
        _clock = DateTime.SpecifyKind(start, DateTimeKind.Utc);
    }

    /// <summary>Mean flows an hour over a whole day, above 0. The default, 1,200, is a small office.</summary>
    public double FlowsPerHour { get; init; } = 1200;

    /// <summary>Start of the next normal flow.</summary>
    public DateTime Clock => _clock;

    /// <summary>The next flows of everyday work, in order of time. The clock moves on.</summary>
    public IReadOnlyList<FlowRecord> Normal(int count)
    {
        var flows = new List<FlowRecord>(count);
        for (var i = 0; i < count; i++)
        {
            flows.Add(NextNormal());
            _clock = Later(_clock, _random.Exponential(3600 / (FlowsPerHour * Rhythm(_clock))));
        }

        return flows;
    }

    /// <summary>An attack that begins now, in order of time. The clock stays, so everyday work goes on beside it.</summary>
    public IReadOnlyList<FlowRecord> Attack(SyntheticAttack kind, int count)
    {
        var flows = new List<FlowRecord>(count);
        var at = _clock;
        var attacker = Workstation(_random.Between(0, Workstations));
        for (var i = 0; i < count; i++)
        {
            var (flow, gapSeconds) = kind switch
            {
                SyntheticAttack.Scan => (ScanFlow(at, Scanner, i), 0.05),
                SyntheticAttack.Exfiltration => (ExfiltrationFlow(at, attacker), 300.0),
                SyntheticAttack.Beacon => (BeaconFlow(at, attacker), 60.0),
                SyntheticAttack.Flood => (FloodFlow(at), 0.001),
                _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such attack."),
            };
            flows.Add(flow with { Label = LabelOf(kind) });
            at = Later(at, gapSeconds * (0.98 + (0.04 * _random.Uniform())));
        }

        return flows;
    }

    /// <summary>The label that flows of an attack carry.</summary>
    public static string LabelOf(SyntheticAttack kind) => kind switch
    {
        SyntheticAttack.Scan => "scan",
        SyntheticAttack.Exfiltration => "exfiltration",
        SyntheticAttack.Beacon => "beacon",
        _ => "flood",
    };

    // A quiet night, a busy day with a dip at noon; the mean over 24 hours is about 1.
    private static double Rhythm(DateTime time)
    {
        var hour = time.TimeOfDay.TotalHours;
        var work = Math.Exp(-Math.Pow((hour - 10.5) / 2.2, 2)) + Math.Exp(-Math.Pow((hour - 15) / 2.4, 2));
        var day = time.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 0.3 : 1;
        return 0.25 + (2.2 * work * day);
    }

    private static DateTime Later(DateTime time, double seconds) =>
        time.AddTicks(Math.Max(1, (long)(seconds * 1_000_000)) * TimeSpan.TicksPerMicrosecond);

    private static IpAddressValue Workstation(int number) => IpAddressValue.FromIPv4(0x0A14_0100u + 10 + (uint)number);

    private FlowRecord NextNormal()
    {
        var client = Workstation(_random.Between(0, Workstations));
        var dice = _random.Uniform();
        return dice switch
        {
            < 0.36 => Udp(client, DnsServer, 53, "dns", 0.015, 70, 160, 1),
            < 0.72 => Web(client),
            < 0.80 => Tcp(client, FileServer, 445, "smb", 12, 6_000, 40_000),
            < 0.85 => Tcp(client, MailServer, 993, "ssl", 40, 3_000, 9_000),
            < 0.88 => Tcp(client, MailServer, 587, "smtp", 3, 30_000, 2_500),
            < 0.91 => Udp(client, DnsServer, 123, "ntp", 0.02, 76, 76, 1),
            < 0.935 => Tcp(client, WebServer, 22, "ssh", 300, 20_000, 45_000),
            < 0.955 => Tcp(Outside(), WebServer, 443, "ssl", 2, 1_800, 20_000),
            < 0.975 => Backup(client),
            < 0.9998 => Icmp(client, FileServer),
            _ => Unanswered(client),
        };
    }

    private FlowRecord Web(IpAddressValue client) => _random.Chance(0.85)
        ? Tcp(client, Outside(), 443, "ssl", 4, 2_500, 18_000)
        : Tcp(client, Outside(), 80, "http", 0.4, 700, 9_000);

    // Backups run at night; by day there is only their heartbeat.
    private FlowRecord Backup(IpAddressValue client) => _clock.Hour is 1 or 2 or 3
        ? Tcp(client, BackupServer, 873, "rsync", 600, 80_000_000, 900_000)
        : Tcp(client, BackupServer, 873, "rsync", 1, 3_000, 3_000);

    private FlowRecord Unanswered(IpAddressValue client) => Flow(_clock, client, Outside(), 443, IpProtocols.Tcp) with
    {
        Duration = TimeSpan.FromSeconds(3), ForwardPackets = 3, ReversePackets = 0, ForwardBytes = 180, ReverseBytes = 0,
        TcpFlags = TcpFlagLetters.Syn, State = ConnectionState.S0,
    };

    private FlowRecord Icmp(IpAddressValue client, IpAddressValue server) => Flow(_clock, client, server, 0, IpProtocols.Icmp) with
    {
        SourcePort = 8, Duration = Micro(4), ForwardPackets = 4, ReversePackets = 4, ForwardBytes = 336, ReverseBytes = 336,
        State = ConnectionState.Oth,
    };

    private FlowRecord Udp(IpAddressValue client, IpAddressValue server, int port, string service, double seconds, int forward, int reverse, int packets) =>
        Flow(_clock, client, server, port, IpProtocols.Udp) with
        {
            Duration = Micro(_random.LogNormal(seconds, 0.6)), ForwardPackets = packets, ReversePackets = packets,
            ForwardBytes = Size(forward, 0.1), ReverseBytes = Size(reverse, 0.3), State = ConnectionState.SF, Service = service,
        };

    private FlowRecord Tcp(IpAddressValue client, IpAddressValue server, int port, string service, double seconds, double forward, double reverse)
    {
        var forwardBytes = Size(forward, 0.8);
        var reverseBytes = Size(reverse, 1.1);
        var aborted = _random.Chance(0.04);
        return Flow(_clock, client, server, port, IpProtocols.Tcp) with
        {
            Duration = Micro(_random.LogNormal(seconds, 1)),
            ForwardPackets = 4 + (forwardBytes / 1200) + (reverseBytes / 3000),
            ReversePackets = 3 + (reverseBytes / 1300) + (forwardBytes / 3000),
            ForwardBytes = forwardBytes, ReverseBytes = reverseBytes,
            TcpFlags = (byte)(TcpFlagLetters.Syn | TcpFlagLetters.Ack | TcpFlagLetters.Psh | (aborted ? TcpFlagLetters.Rst : TcpFlagLetters.Fin)),
            State = aborted ? ConnectionState.Rsto : ConnectionState.SF, Service = service,
        };
    }

    private FlowRecord ScanFlow(DateTime at, IpAddressValue attacker, int number)
    {
        var target = IpAddressValue.FromIPv4(0x0A14_0200u + 1 + (uint)(number % 50));
        var rejected = _random.Chance(0.4);
        return Flow(at, attacker, target, _random.Between(1, 49_152), IpProtocols.Tcp) with
        {
            Duration = Micro(rejected ? 0.0002 : 0), ForwardPackets = 1, ReversePackets = rejected ? 1 : 0,
            ForwardBytes = 40, ReverseBytes = rejected ? 40 : 0,
            TcpFlags = (byte)(TcpFlagLetters.Syn | (rejected ? TcpFlagLetters.Rst | TcpFlagLetters.Ack : 0)),
            State = rejected ? ConnectionState.Rej : ConnectionState.S0,
        };
    }

    private FlowRecord ExfiltrationFlow(DateTime at, IpAddressValue attacker)
    {
        var bytes = Size(2_000_000_000, 0.3);
        return Flow(at, attacker, IpAddressValue.Parse("203.0.113.77"), 8_021, IpProtocols.Tcp) with
        {
            Duration = Micro(_random.LogNormal(240, 0.2)), ForwardPackets = bytes / 1400, ReversePackets = bytes / 60_000,
            ForwardBytes = bytes, ReverseBytes = bytes / 900,
            TcpFlags = TcpFlagLetters.Syn | TcpFlagLetters.Ack | TcpFlagLetters.Psh | TcpFlagLetters.Fin,
            State = ConnectionState.S1,
        };
    }

    private FlowRecord BeaconFlow(DateTime at, IpAddressValue attacker) =>
        Flow(at, attacker, IpAddressValue.Parse("198.51.100.66"), 4_444, IpProtocols.Tcp) with
        {
            Duration = Micro(0.2 + (0.01 * _random.Uniform())), ForwardPackets = 5, ReversePackets = 4, ForwardBytes = 412, ReverseBytes = 268,
            TcpFlags = TcpFlagLetters.Syn | TcpFlagLetters.Ack | TcpFlagLetters.Psh | TcpFlagLetters.Rst,
            State = ConnectionState.Rstr,
        };

    private FlowRecord FloodFlow(DateTime at) => Flow(at, Outside(), WebServer, 443, IpProtocols.Tcp) with
    {
        SourcePort = _random.Between(1, 1024), ForwardPackets = 1, ReversePackets = 0, ForwardBytes = 40, ReverseBytes = 0,
        TcpFlags = TcpFlagLetters.Syn, State = ConnectionState.S0,
    };

    private FlowRecord Flow(DateTime at, IpAddressValue source, IpAddressValue destination, int port, byte protocol) => new()
    {
        Start = at, Source = source, Destination = destination, SourcePort = _random.Between(49_152, 65_536), DestinationPort = port,
        Protocol = protocol, Sensor = Sensor, Label = Benign,
        Direction = LocalNetworks.Private.DirectionOf(source, destination),
    };

    // 192.0.2.0/24 and 198.51.100.0/26: what the office talks to outside.
    private IpAddressValue Outside() => _random.Chance(0.7)
        ? IpAddressValue.FromIPv4(0xC000_0200u + (uint)_random.Between(1, 255))
        : IpAddressValue.FromIPv4(0xC633_6400u + (uint)_random.Between(1, 64));

    private long Size(double median, double spread) => Math.Max(28, (long)_random.LogNormal(median, spread));

    private static TimeSpan Micro(double seconds) => TimeSpan.FromTicks((long)(seconds * 1_000_000) * TimeSpan.TicksPerMicrosecond);
}
