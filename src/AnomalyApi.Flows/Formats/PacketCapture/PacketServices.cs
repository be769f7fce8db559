namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>What there is to know of a <see cref="PacketService"/>.</summary>
internal static class PacketServices
{
    // In the order of the enum. Zeek's names, so that flows of both compare.
    private static readonly string?[] Names =
    [
        null, "dhcp", "dnp3_tcp", "dnp3_udp", "dns", "dtls", "ftp", "http", "imap", "irc", "krb", "krb_tcp", "ldap_tcp", "ldap_udp", "modbus", "mqtt",
        "mysql", "ntp", "pop3", "postgresql", "quic", "radius", "rdp", "redis", "rfb", "sip", "smb", "smtp", "snmp", "socks", "ssh", "ssl", "syslog", "xmpp",
    ];

    /// <summary>Its name; null for none.</summary>
    public static string? NameOf(PacketService service) => Names[(int)service];

    /// <summary>Whether its first bytes cannot be mistaken, so that other bytes at its port are another service.</summary>
    public static bool ShowsItself(PacketService service) => service is PacketService.Dhcp or PacketService.Dnp3Tcp or PacketService.Dnp3Udp
        or PacketService.Dns or PacketService.Ftp or PacketService.Http or PacketService.Imap or PacketService.Modbus or PacketService.Mqtt
        or PacketService.Pop3 or PacketService.Quic or PacketService.Rdp or PacketService.Rfb or PacketService.Sip or PacketService.Smb
        or PacketService.Smtp or PacketService.Ssh or PacketService.Ssl;
}
