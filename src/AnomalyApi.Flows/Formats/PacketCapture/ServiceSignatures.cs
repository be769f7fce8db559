using System.Buffers.Binary;

namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>Recognises application protocols by what is said first.</summary>
/// <remarks>TLS: RFC 8446, section 5.1, and DTLS: RFC 9147, section 4. QUIC long header: RFC 9000, section 17.2, versions of RFC 9369 and earlier drafts.
/// DNS: RFC 1035, section 4.1. DHCP: RFC 2131, section 2. The others begin with words or fixed numbers of their own.</remarks>
internal static class ServiceSignatures
{
    private const int DnsHeader = 12;

    /// <param name="protocol">Transport.</param>
    /// <param name="said">The bytes, at least four.</param>
    /// <param name="port">Port of the responder.</param>
    /// <param name="byOriginator">Who said it.</param>
    public static PacketService Find(byte protocol, ReadOnlySpan<byte> said, ushort port, bool byOriginator) => protocol switch
    {
        IpProtocols.Tcp => OverTcp(said, port, byOriginator),
        IpProtocols.Udp => OverUdp(said, port),
        _ => PacketService.None,
    };

    private static PacketService OverTcp(ReadOnlySpan<byte> said, ushort port, bool byOriginator)
    {
        switch (said[0])
        {
            case 0x16 when said[1] == 3 && said[2] <= 4 && (said.Length < 6 || said[5] is 1 or 2):
                return PacketService.Ssl;
            case 0x05 when said[1] == 0x64 && port == 20000:
                return PacketService.Dnp3Tcp;
            case 0x03 when said.Length >= 6 && said[1] == 0 && (said[5] & 0xF0) is 0xE0 or 0xD0 && (port == 3389 || HasWord(said, "mstshash"u8)):
                return PacketService.Rdp;
            case 0x10 when HasWord(said, "MQTT"u8) || HasWord(said, "MQIsdp"u8):
                return PacketService.Mqtt;
            case 0 when said.Length >= 8 && (said[4] is 0xFF or 0xFE) && said[5..8].SequenceEqual("SMB"u8):
                return PacketService.Smb;
            case 0x81 when port == 139:
                // A NetBIOS session request comes first at this port.
                return PacketService.Smb;
        }

        if (port == 502 && said.Length >= 8 && said[2] == 0 && said[3] == 0)
        {
            return PacketService.Modbus;
        }

        if (port is 53 or 5353 && said.Length >= DnsHeader + 2)
        {
            return LooksLikeDns(said[2..], loosely: true) ? PacketService.Dns : PacketService.None;
        }

        return byOriginator ? ByClient(said, port) : ByServer(said, port);
    }

    private static PacketService ByClient(ReadOnlySpan<byte> said, ushort port)
    {
        if (IsHttpRequest(said))
        {
            return PacketService.Http;
        }

        if (said.StartsWith("SSH-"u8))
        {
            return PacketService.Ssh;
        }

        if (said.StartsWith("RFB 0"u8))
        {
            return PacketService.Rfb;
        }

        if (HasCommand(said, "EHLO"u8) || HasCommand(said, "HELO"u8))
        {
            return PacketService.Smtp;
        }

        if (HasCommand(said, "USER"u8))
        {
            // Three protocols begin so.
            return port switch { 110 => PacketService.Pop3, >= 6660 and <= 6669 => PacketService.Irc, 21 => PacketService.Ftp, _ => PacketService.None };
        }

        return HasCommand(said, "NICK"u8) ? PacketService.Irc : HasWord(said, " SIP/2.0"u8) ? PacketService.Sip : PacketService.None;
    }

    private static PacketService ByServer(ReadOnlySpan<byte> said, ushort port)
    {
        if (said.StartsWith("HTTP/1."u8))
        {
            return PacketService.Http;
        }

        if (said.StartsWith("SSH-"u8))
        {
            return PacketService.Ssh;
        }

        if (said.StartsWith("RFB 0"u8))
        {
            return PacketService.Rfb;
        }

        if (said.StartsWith("220"u8) && said[3] is (byte)' ' or (byte)'-')
        {
            return port is 25 or 465 or 587 || HasWord(said, "SMTP"u8) ? PacketService.Smtp
                : port == 21 || HasWord(said, "FTP"u8) ? PacketService.Ftp : PacketService.None;
        }

        return said.StartsWith("+OK"u8) ? PacketService.Pop3
            : said.StartsWith("* OK"u8) ? PacketService.Imap
            : said.StartsWith("SIP/2.0 "u8) ? PacketService.Sip : PacketService.None;
    }

    private static PacketService OverUdp(ReadOnlySpan<byte> said, ushort port)
    {
        if (port is 53 or 137 or 5353 or 5355)
        {
            return LooksLikeDns(said, loosely: true) ? PacketService.Dns : PacketService.None;
        }

        if (port is 67 or 68 && said[0] is 1 or 2 && said[1] == 1 && said[2] == 6)
        {
            // Request or reply, with Ethernet addresses of six bytes: visible also where the capture cut the rest.
            return PacketService.Dhcp;
        }

        if (said[0] == 0x16 && said[1] == 0xFE && said[2] is 0xFF or 0xFD)
        {
            return PacketService.Dtls;
        }

        if (IsQuic(said))
        {
            return PacketService.Quic;
        }

        if (port == 20000 && said[0] == 0x05 && said[1] == 0x64)
        {
            return PacketService.Dnp3Udp;
        }

        return HasWord(said, " SIP/2.0"u8) || said.StartsWith("SIP/2.0 "u8) ? PacketService.Sip
            : LooksLikeDns(said, loosely: false) ? PacketService.Dns : PacketService.None;
    }

    private static bool IsQuic(ReadOnlySpan<byte> said)
    {
        if ((said[0] & 0xC0) != 0xC0 || said.Length < 7 || said[5] > 20)
        {
            return false;
        }

        var version = BinaryPrimitives.ReadUInt32BigEndian(said[1..]);
        return version is 1 or 0x6B3343CF || version >> 8 == 0xFF0000 || version >> 16 is 0x5130 or 0x5430;
    }

    /// <summary>At a port of DNS a sound header is enough; elsewhere the first question must be sound too.</summary>
    private static bool LooksLikeDns(ReadOnlySpan<byte> said, bool loosely)
    {
        if (said.Length < DnsHeader)
        {
            return false;
        }

        int questions = BinaryPrimitives.ReadUInt16BigEndian(said[4..]);
        var records = BinaryPrimitives.ReadUInt16BigEndian(said[6..]) + BinaryPrimitives.ReadUInt16BigEndian(said[8..]) + BinaryPrimitives.ReadUInt16BigEndian(said[10..]);
        var opcode = (said[2] >> 3) & 0xF;
        if (loosely)
        {
            return opcode <= 9 && questions + records is > 0 and < 512;
        }

        var isAnswer = (said[2] & 0x80) != 0;
        return opcode == 0 && questions == 1 && (isAnswer || records <= 1) && HasQuestion(said[DnsHeader..]);
    }

    private static bool HasQuestion(ReadOnlySpan<byte> question)
    {
        while (question.Length > 0 && question[0] != 0)
        {
            if (question[0] > 63 || question.Length <= question[0])
            {
                return false;
            }

            question = question[(question[0] + 1)..];
        }

        // The root, then type and class: of the Internet, or any.
        return question.Length >= 5 && BinaryPrimitives.ReadUInt16BigEndian(question[3..]) is 1 or 255;
    }

    private static bool IsHttpRequest(ReadOnlySpan<byte> said)
    {
        foreach (var method in HttpMethods)
        {
            if (said.StartsWith(method))
            {
                return true;
            }
        }

        return said.StartsWith("PRI * HTTP/2"u8);
    }

    private static bool HasCommand(ReadOnlySpan<byte> said, ReadOnlySpan<byte> command) =>
        said.Length > command.Length && said[command.Length] == ' ' && System.Text.Ascii.EqualsIgnoreCase(said[..command.Length], command);

    // Near the beginning, as far as greetings go.
    private static bool HasWord(ReadOnlySpan<byte> said, ReadOnlySpan<byte> word) => said[..Math.Min(said.Length, 256)].IndexOf(word) >= 0;

    private static readonly byte[][] HttpMethods =
    [
        "GET "u8.ToArray(), "POST "u8.ToArray(), "HEAD "u8.ToArray(), "PUT "u8.ToArray(), "OPTIONS "u8.ToArray(), "CONNECT "u8.ToArray(),
        "DELETE "u8.ToArray(), "PATCH "u8.ToArray(), "PROPFIND "u8.ToArray(), "TRACE "u8.ToArray(),
    ];
}
