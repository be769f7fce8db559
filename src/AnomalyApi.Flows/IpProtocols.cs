using System.Buffers.Text;
using System.Collections.Frozen;
using System.Text;

namespace AnomalyApi.Flows;

/// <summary>IP protocols by number and by name.</summary>
/// <remarks>Names of the IANA registry "Assigned Internet Protocol Numbers", as sensors write them.</remarks>
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
        (0, "hopopt"), (Icmp, "icmp"), (2, "igmp"), (3, "ggp"), (4, "ipip"), (4, "ipv4"), (4, "ip-in-ip"), (5, "st"), (Tcp, "tcp"),
        (7, "cbt"), (8, "egp"), (9, "igp"), (12, "pup"), (Udp, "udp"), (20, "hmp"), (22, "xns-idp"), (27, "rdp"), (29, "iso-tp4"),
        (Dccp, "dccp"), (37, "ddp"), (41, "ipv6"), (43, "ipv6-route"), (44, "ipv6-frag"), (45, "idrp"), (46, "rsvp"), (47, "gre"),
        (50, "esp"), (51, "ah"), (54, "narp"), (57, "skip"), (Icmp6, "icmp6"), (Icmp6, "icmpv6"), (Icmp6, "ipv6-icmp"),
        (59, "ipv6-nonxt"), (60, "ipv6-opts"), (73, "cphb"), (81, "vmtp"), (88, "eigrp"), (89, "ospf"), (94, "ipip-old"), (97, "etherip"),
        (98, "encap"), (103, "pim"), (108, "ipcomp"), (112, "vrrp"), (115, "l2tp"), (121, "smp"), (124, "isis"), (Sctp, "sctp"),
        (133, "fc"), (135, "mobility-header"), (UdpLite, "udplite"), (137, "mpls-in-ip"), (138, "manet"), (139, "hip"),
        (140, "shim6"), (141, "wesp"), (142, "rohc"), (143, "ethernet"), (Reserved, "reserved"),
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

        if (char.IsAsciiDigit((char)utf8[0]))
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
