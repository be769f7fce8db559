namespace AnomalyApi.Flows.Packets;

/// <summary>What a frame begins with, by the numbers of the tcpdump.org registry of link-layer header types.</summary>
internal enum LinkType : ushort
{
    /// <summary>BSD loopback: the address family in the byte order of the machine that captured.</summary>
    Null = 0,

    Ethernet = 1,

    Ppp = 9,

    /// <summary>Bare IP packets, as some BSD systems number them.</summary>
    RawBsd = 12,

    /// <summary>Bare IP packets, as OpenBSD numbers them.</summary>
    RawOpenBsd = 14,

    /// <summary>PPP in HDLC-like framing (RFC 1662).</summary>
    PppSerial = 50,

    /// <summary>A PPPoE session without its Ethernet header.</summary>
    PppOverEthernet = 51,

    /// <summary>Bare IP packets, version 4 or 6.</summary>
    Raw = 101,

    CiscoHdlc = 104,

    /// <summary>OpenBSD loopback: the address family in network byte order.</summary>
    Loop = 108,

    /// <summary>Linux "cooked" capture, version 1: what the <c>any</c> device gives.</summary>
    LinuxCooked = 113,

    IPv4 = 228,

    IPv6 = 229,

    /// <summary>Linux netfilter log messages.</summary>
    Nflog = 239,

    /// <summary>Linux "cooked" capture, version 2.</summary>
    LinuxCooked2 = 276,
}
