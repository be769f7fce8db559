namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>Services by the port of the responder, named as Zeek names them.</summary>
internal static class ServicePorts
{
    /// <summary>The service that usually answers at a port; <see cref="PacketService.None"/> when there is none.</summary>
    public static PacketService Of(byte protocol, ushort port) => protocol switch
    {
        IpProtocols.Tcp => port switch
        {
            21 => PacketService.Ftp,
            22 => PacketService.Ssh,
            25 or 587 => PacketService.Smtp,
            53 or 5353 => PacketService.Dns,
            80 or 3128 or 8000 or 8080 or 8888 => PacketService.Http,
            88 => PacketService.KerberosTcp,
            110 => PacketService.Pop3,
            139 or 445 => PacketService.Smb,
            143 => PacketService.Imap,
            389 => PacketService.LdapTcp,
            443 or 465 or 636 or 853 or 993 or 995 or 8443 => PacketService.Ssl,
            502 => PacketService.Modbus,
            1080 => PacketService.Socks,
            1883 => PacketService.Mqtt,
            3306 => PacketService.MySql,
            3389 => PacketService.Rdp,
            5060 => PacketService.Sip,
            5222 or 5269 => PacketService.Xmpp,
            5432 => PacketService.PostgreSql,
            5900 => PacketService.Rfb,
            6379 => PacketService.Redis,
            6666 or 6667 or 6668 or 6669 => PacketService.Irc,
            20000 => PacketService.Dnp3Tcp,
            _ => PacketService.None,
        },
        IpProtocols.Udp => port switch
        {
            53 or 137 or 5353 or 5355 => PacketService.Dns,
            67 or 68 => PacketService.Dhcp,
            88 => PacketService.Kerberos,
            123 => PacketService.Ntp,
            161 or 162 => PacketService.Snmp,
            389 => PacketService.LdapUdp,
            443 => PacketService.Quic,
            514 => PacketService.Syslog,
            1812 or 1813 => PacketService.Radius,
            5060 => PacketService.Sip,
            20000 => PacketService.Dnp3Udp,
            _ => PacketService.None,
        },
        _ => PacketService.None,
    };

    /// <summary>Whether servers listen there rather than clients send from there. Not every port below 1024 does: clients of NFS send from them.</summary>
    public static bool IsService(byte protocol, ushort port) => Of(protocol, port) != PacketService.None;
}
