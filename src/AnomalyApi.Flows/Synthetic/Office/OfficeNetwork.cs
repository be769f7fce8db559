namespace AnomalyApi.Flows.Synthetic;

/// <summary>The machines of the office, and who is outside. Every address is private or set aside for documentation and tests (RFC 1918, RFC 4193,
/// RFC 5737, RFC 3849, RFC 2544), so that nobody is accused by a demonstration.</summary>
internal static class OfficeNetwork
{
    private const uint Servers4 = 0x0A14_0000;
    private const uint Workstations4 = 0x0A14_0100;
    private const uint Guests4 = 0x0A14_0300;
    private const uint Devices4 = 0x0A14_0400;
    private const uint Inside4 = Servers4 & Mask4;
    private const uint Mask4 = 0xFFFF_0000;
    private const ulong Inside6 = 0xFD20_0000_0010_0000;
    private const ulong Outside6 = 0x2001_0DB8_0001_0000;

    /// <summary>Resolves names, also for itself at outside servers; keeps the time.</summary>
    public static readonly OfficeHost Dns = Server(2, isDualStack: true);

    /// <summary>Who may log on where (LDAP, Kerberos).</summary>
    public static readonly OfficeHost Directory = Server(3);

    public static readonly OfficeHost Files = Server(10, isDualStack: true);

    public static readonly OfficeHost Mail = Server(11, isDualStack: true);

    /// <summary>The web site that outside sees.</summary>
    public static readonly OfficeHost Web = Server(12, isDualStack: true);

    /// <summary>What only the office sees: wiki, time sheets, code.</summary>
    public static readonly OfficeHost Intranet = Server(13, isDualStack: true);

    public static readonly OfficeHost Database = Server(14);

    public static readonly OfficeHost Backup = Server(20);

    /// <summary>Collects logs and asks every server how it is.</summary>
    public static readonly OfficeHost Monitor = Server(21);

    /// <summary>Keeps what the cameras see.</summary>
    public static readonly OfficeHost Recorder = Server(22);

    /// <summary>Those that do not serve the others.</summary>
    public static readonly OfficeHost[] Servers = [Directory, Files, Mail, Web, Intranet, Database];

    /// <summary>Forty desks; every second machine is new enough for IPv6.</summary>
    public static readonly OfficeHost[] Workstations = Hosts(Workstations4 + 10, 40, dualStackEvery: 2);

    /// <summary>Of the people who look after the servers.</summary>
    public static readonly OfficeHost[] Admins = Hosts(Workstations4 + 2, 3, dualStackEvery: 1);

    public static readonly OfficeHost[] Guests = Hosts(Guests4 + 20, 30, dualStackEvery: 0);

    public static readonly OfficeHost[] Printers = Hosts(Devices4 + 2, 4, dualStackEvery: 0);

    public static readonly OfficeHost[] Cameras = Hosts(Devices4 + 20, 8, dualStackEvery: 0);

    /// <summary>Thermostats, door locks, meeting room screens.</summary>
    public static readonly OfficeHost[] Sensors = Hosts(Devices4 + 40, 20, dualStackEvery: 0);

    /// <summary>Whether the address belongs to the office.</summary>
    public static bool IsInside(in IpAddressValue address) =>
        address.IsIPv4 ? ((uint)address.Low & Mask4) == Inside4 : address.High == Inside6;

    /// <summary>An address of the office's networks, used or not.</summary>
    public static IpAddressValue Inside(int subnet, int host) => IpAddressValue.FromIPv4(Inside4 + ((uint)subnet << 8) + (uint)host);

    /// <summary>Somebody the office works with: 192.0.2.0/24, and 198.51.100.0/26 less often.</summary>
    public static IpAddressValue Outside(SyntheticRandom random) => random.Chance(0.7)
        ? IpAddressValue.FromIPv4(0xC000_0200u + (uint)random.Between(1, 255))
        : IpAddressValue.FromIPv4(0xC633_6400u + (uint)random.Between(1, 64));

    /// <summary>The same over IPv6: 2001:db8:1::/64.</summary>
    public static IpAddressValue OutsideIPv6(SyntheticRandom random) => new(Outside6, (ulong)random.Between(1, 319));

    /// <summary>Anybody on the Internet: 198.18.0.0/15, which is set aside for tests.</summary>
    public static IpAddressValue Anybody(SyntheticRandom random) => IpAddressValue.FromIPv4(0xC612_0000u + (uint)random.Between(0, 1 << 17));

    /// <summary>Somebody who attacks: 203.0.113.0/24, to whom the office never talks by itself.</summary>
    public static IpAddressValue Hostile(SyntheticRandom random) => IpAddressValue.FromIPv4(0xCB00_7100u + (uint)random.Between(1, 255));

    private static OfficeHost Server(uint number, bool isDualStack = false) => Host(Servers4 + number, isDualStack);

    private static OfficeHost[] Hosts(uint first, int count, int dualStackEvery) =>
        [.. Enumerable.Range(0, count).Select(i => Host(first + (uint)i, dualStackEvery > 0 && i % dualStackEvery == 0))];

    // The last 16 bits are the same in both families, so that people see that it is one machine.
    private static OfficeHost Host(uint address, bool isDualStack) =>
        new(IpAddressValue.FromIPv4(address), isDualStack ? new IpAddressValue(Inside6, address & 0xFFFF) : default);
}
