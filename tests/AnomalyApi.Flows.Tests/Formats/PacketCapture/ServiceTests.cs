using System.Text;
using AnomalyApi.Testing;
using static AnomalyApi.Testing.Frames;

namespace AnomalyApi.Flows.Tests.Formats.PacketCapture;

public class ServiceTests
{
    private const string Client = "10.0.0.5";
    private const string Server = "192.0.2.80";

    [Theory]
    [InlineData(4444, "GET / HTTP/1.1\r\n", "", "http")]
    [InlineData(4444, "CONNECT x:443 HTTP/1.1\r\n", "", "http")]
    [InlineData(4444, "PRI * HTTP/2.0\r\n", "", "http")]
    [InlineData(4444, "odd", "HTTP/1.1 200 OK\r\n", "http")]
    [InlineData(4444, "\x16\x03\x01\x00\x20\x01", "", "ssl")]
    [InlineData(4444, "hello", "\x16\x03\x03\x00\x20\x02", "ssl")]
    [InlineData(2222, "SSH-2.0-Go\r\n", "", "ssh")]
    [InlineData(2222, "....", "SSH-2.0-OpenSSH\r\n", "ssh")]
    [InlineData(2525, "EHLO x\r\n", "", "smtp")]
    [InlineData(2525, "....", "220 mx ESMTP\r\n", "smtp")]
    [InlineData(2121, "....", "220 (vsFTPd 3)\r\n", "ftp")]
    [InlineData(21, "USER x\r\n", "", "ftp")]
    [InlineData(110, "USER x\r\n", "", "pop3")]
    [InlineData(1100, "....", "+OK ready\r\n", "pop3")]
    [InlineData(1430, "....", "* OK ready\r\n", "imap")]
    [InlineData(6667, "NICK x\r\n", "", "irc")]
    [InlineData(5901, "....", "RFB 003.008\n", "rfb")]
    [InlineData(1445, "\0\0\0\x40\xFESMB", "", "smb")]
    [InlineData(3389, "\x03\0\0\x13\x0E\xE0\0\0", "", "rdp")]
    [InlineData(1884, "\x10\x10\0\x04MQTT", "", "mqtt")]
    [InlineData(502, "\0\x01\0\0\0\x06\x01\x03", "", "modbus")]
    [InlineData(20000, "\x05\x64\x05\xC0", "", "dnp3_tcp")]
    [InlineData(53, "\0\x1D\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03www\0", "", "dns")]
    [InlineData(5061, "INVITE sip:x SIP/2.0\r\n", "", "sip")]
    // The port decides where bytes cannot.
    [InlineData(3306, "....", "....", "mysql")]
    [InlineData(88, "....", "", "krb_tcp")]
    // And not where they speak another protocol.
    [InlineData(443, "....", "....", null)]
    [InlineData(80, "\x01\x02\x03\x04", "....", null)]
    [InlineData(53, "SSH-2.0-x\r\n tunnel", "", null)]
    [InlineData(4444, "....", "....", null)]
    // Nothing was said.
    [InlineData(443, "", "", null)]
    public async Task What_is_said_first_over_TCP_names_the_service(int port, string request, string answer, string? service)
    {
        var frames = Connection(Client, Server, 50_000, port, Encoding.Latin1.GetBytes(request), Encoding.Latin1.GetBytes(answer));

        Assert.Equal(service, await ServiceOfAsync(frames));
    }

    [Theory]
    [InlineData(53, "\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03www\0\0\x01\0\x01", "dns")]
    [InlineData(5300, "\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03www\0\0\x01\0\x01", "dns")]
    [InlineData(5300, "\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03www\0\0\x01\x09\x01", null)]
    [InlineData(443, "\xC3\0\0\0\x01\x08\x01\x02\x03\x04", "quic")]
    [InlineData(8443, "\xC3\xFF\0\0\x1D\x08\x01\x02\x03\x04", "quic")]
    [InlineData(443, "\x40\0\0\0\x01\x08\x01\x02\x03\x04", null)]
    [InlineData(4433, "\x16\xFE\xFD\0\0\0\0\0\0\0", "dtls")]
    [InlineData(123, "....", "ntp")]
    [InlineData(67, "\x01\x01\x06\0....", "dhcp")]
    [InlineData(67, "....", null)]
    [InlineData(161, "....", "snmp")]
    [InlineData(5060, "OPTIONS sip:x SIP/2.0\r\n", "sip")]
    [InlineData(9999, "....", null)]
    public async Task What_is_said_first_over_UDP_names_the_service(int port, string said, string? service) =>
        Assert.Equal(service, await ServiceOfAsync([Ethernet(IPv4(Client, Server, 17, Udp(50_000, port, Encoding.Latin1.GetBytes(said))))]));

    [Fact]
    public async Task Where_the_capture_cut_the_data_or_missed_the_beginning_the_port_decides()
    {
        var frames = Connection(Client, Server, 50_000, 443, new byte[200], new byte[200]).ToArray();

        Assert.Null(await ServiceOfAsync(frames));
        Assert.Equal("ssl", await ServiceOfAsync(frames, snapLength: 54));
        Assert.Equal("ssl", await ServiceOfAsync(frames.Skip(3)));
    }

    private static async Task<string?> ServiceOfAsync(IEnumerable<byte[]> frames, int snapLength = 65_535)
    {
        var target = await FlowBodies.ReadAsync("application/vnd.tcpdump.pcap",
            CaptureMaker.Pcap(frames.Select((frame, i) => (1_714_521_600_000_000 + i, frame)), snapLength: snapLength));
        using var batch = target.Batch;
        return Assert.Single(batch.Service.ToArray());
    }
}
