using System.Buffers.Text;
using System.Collections.Frozen;
using System.Text;

namespace AnomalyApi.Flows;

/// <summary>IP protocols by number and by name.</summary>
/// <remarks>Names of the IANA registry "Assigned Internet Protocol Numbers", as sensors write them; "unas" is what Argus calls an unassigned one, so nobody can say which it was.</remarks>
public static class IpProtocols
{
    /// <summary>Internet Control Message Protocol for IPv4.</summary>
    public const byte Icmp = 1;

    /// <summary>Transmission Control Protocol.</summary>
    public const byte Tcp = 6;

    /// <summary>User Datagram Protocol.</summary>
    public const byte Udp = 17;

    /// <summary>Datagram Congestion Control Protocol.</summary>
    public const byte Dccp = 33;

    /// <summary>Internet Control Message Protocol for IPv6.</summary>
    public const byte Icmp6 = 58;

    /// <summary>Stream Control Transmission Protocol.</summary>
    public const byte Sctp = 132;

    /// <summary>UDP-Lite.</summary>
    public const byte UdpLite = 136;

    /// <summary>Reserved by IANA, so it is on no wire: stands for a protocol the sensor could not tell.</summary>
    public const byte Reserved = 255;

    /// <summary>What <see cref="TryParse"/> takes, for error texts.</summary>
    public const string Allowed = "a whole number from 0 to 255 or an IANA name such as tcp, udp, icmp, icmp6, sctp, gre or esp";

    private const int LongestName = 16;

    // The first name of a number is the one NameOf gives.
    private static readonly (byte Number, string Name)[] Names =
    [
        (0, "hopopt"), (Icmp, "icmp"), (2, "igmp"), (3, "ggp"), (4, "ipip"), (4, "ipv4"), (4, "ip-in-ip"), (4, "ipencap"), (4, "ipnip"), (5, "st"),
        (5, "st2"), (Tcp, "tcp"), (7, "cbt"), (8, "egp"), (9, "igp"), (10, "bbn-rcc-mon"), (10, "bbn-rcc"), (11, "nvp-ii"), (11, "nvp"), (12, "pup"),
        (13, "argus"), (14, "emcon"), (15, "xnet"), (16, "chaos"), (Udp, "udp"), (18, "mux"), (19, "dcn-meas"), (19, "dcn"), (20, "hmp"), (21, "prm"),
        (22, "xns-idp"), (23, "trunk-1"), (24, "trunk-2"), (25, "leaf-1"), (26, "leaf-2"), (27, "rdp"), (28, "irtp"), (29, "iso-tp4"), (30, "netblt"),
        (31, "mfe-nsp"), (32, "merit-inp"), (Dccp, "dccp"), (34, "3pc"), (35, "idpr"), (36, "xtp"), (37, "ddp"), (38, "idpr-cmtp"), (39, "tp++"),
        (40, "il"), (41, "ipv6"), (42, "sdrp"), (43, "ipv6-route"), (44, "ipv6-frag"), (45, "idrp"), (46, "rsvp"), (47, "gre"), (48, "dsr"),
        (49, "bna"), (50, "esp"), (51, "ah"), (52, "i-nlsp"), (53, "swipe"), (54, "narp"), (55, "mobile"), (56, "tlsp"), (57, "skip"),
        (Icmp6, "icmp6"), (Icmp6, "icmpv6"), (Icmp6, "ipv6-icmp"), (59, "ipv6-nonxt"), (59, "ipv6-no"), (60, "ipv6-opts"), (61, "any"), (62, "cftp"),
        (64, "sat-expak"), (65, "kryptolan"), (66, "rvd"), (67, "ippc"), (69, "sat-mon"), (70, "visa"), (71, "ipcv"), (72, "cpnx"), (73, "cphb"),
        (74, "wsn"), (75, "pvp"), (76, "br-sat-mon"), (77, "sun-nd"), (78, "wb-mon"), (79, "wb-expak"), (80, "iso-ip"), (81, "vmtp"),
        (82, "secure-vmtp"), (83, "vines"), (84, "ttp"), (84, "iptm"), (85, "nsfnet-igp"), (86, "dgp"), (87, "tcf"), (88, "eigrp"), (89, "ospf"),
        (89, "ospfigp"), (90, "sprite-rpc"), (91, "larp"), (92, "mtp"), (93, "ax.25"), (94, "ipip-old"), (95, "micp"), (96, "scc-sp"),
        (97, "etherip"), (98, "encap"), (100, "gmtp"), (101, "ifmp"), (102, "pnni"), (103, "pim"), (104, "aris"), (105, "scps"), (106, "qnx"),
        (107, "a/n"), (108, "ipcomp"), (109, "snp"), (110, "compaq-peer"), (111, "ipx-in-ip"), (111, "ipx-n-ip"), (112, "vrrp"), (113, "pgm"),
        (115, "l2tp"), (116, "ddx"), (117, "iatp"), (118, "stp"), (119, "srp"), (120, "uti"), (121, "smp"), (122, "sm"), (123, "ptp"), (124, "isis"),
        (125, "fire"), (126, "crtp"), (127, "crudp"), (128, "sscopmce"), (129, "iplt"), (130, "sps"), (131, "pipe"), (Sctp, "sctp"), (133, "fc"),
        (134, "rsvp-e2e-ignore"), (135, "mobility-header"), (UdpLite, "udplite"), (137, "mpls-in-ip"), (138, "manet"), (139, "hip"), (140, "shim6"),
        (141, "wesp"), (142, "rohc"), (143, "ethernet"), (Reserved, "reserved"), (Reserved, "unas"),
    ];

    private static readonly FrozenDictionary<string, byte>.AlternateLookup<ReadOnlySpan<char>> ByName =
        Names.ToFrozenDictionary(pair => pair.Name, pair => pair.Number, StringComparer.OrdinalIgnoreCase)
            .GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly string?[] ByNumber = NamesByNumber();

    /// <summary>Whether the protocol has ports, so that the port columns are ports and not ICMP types and codes.</summary>
    public static bool HasPorts(byte protocol) => protocol is Tcp or Udp or Sctp or Dccp or UdpLite;

    /// <summary>The name of a protocol; null when it has none here.</summary>
    public static string? NameOf(byte protocol) => ByNumber[protocol];

    /// <summary>Reads a number or a name, in any case.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out byte protocol)
    {
        if (utf8.Length == 3 && (utf8[1] | 0x20) is 'c' or 'd' && (utf8[2] | 0x20) == 'p')
        {
            // Nearly every flow is one of the two.
            protocol = (utf8[0] | 0x20) switch { 't' when (utf8[1] | 0x20) == 'c' => Tcp, 'u' when (utf8[1] | 0x20) == 'd' => Udp, _ => 0 };
            if (protocol != 0)
            {
                return true;
            }
        }

        protocol = 0;
        if (utf8.Length is 0 or > LongestName)
        {
            return false;
        }

        // "3pc" is a name that begins with a digit.
        if (char.IsAsciiDigit((char)utf8[0]) && !char.IsAsciiLetter((char)utf8[^1]))
        {
            return Utf8Parser.TryParse(utf8, out protocol, out var used) && used == utf8.Length;
        }

        Span<char> name = stackalloc char[LongestName];
        return Ascii.ToUtf16(utf8, name, out var length) == System.Buffers.OperationStatus.Done && ByName.TryGetValue(name[..length], out protocol);
    }

    private static string?[] NamesByNumber()
    {
        var names = new string?[256];
        foreach (var (number, name) in Names)
        {
            names[number] ??= name;
        }

        return names;
    }
}
