using System.Text;
using AnomalyApi.Testing;
using static AnomalyApi.Testing.Frames;

namespace AnomalyApi.Flows.Tests.Formats.PacketCapture;

/// <summary>The samples of captures, which are binary and so are made here. To write them anew, run this test with ANOMALY_WRITE_SAMPLES=1.</summary>
public class PacketCaptureSampleTests
{
    // 2024-05-01 00:00:00 UTC.
    private const long Start = 1_714_521_600_000_000;
    private const string Client = "10.0.0.5";
    private const string Server = "192.0.2.80";

    private static readonly Dictionary<string, Func<byte[]>> Makers = new()
    {
        ["blocks.pcapng"] = Blocks,
        ["cut.pcap"] = () => Usual()[..^9],
        ["usual.pcap"] = Usual,
    };

    public static TheoryData<string> Names() => [.. Makers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_sample_is_what_its_maker_makes(string name)
    {
        var made = Makers[name]();
        if (Environment.GetEnvironmentVariable("ANOMALY_WRITE_SAMPLES") == "1")
        {
            File.WriteAllBytes(Path.Combine(SourceFolder(), "packet-capture", name), made);
        }

        Assert.Equal(made, Samples.Read("packet-capture", name));
    }

    // A web page, a name looked up, a ping, a port that is closed, a scan without answer, a fragmented datagram, ARP, a damaged packet.
    private static byte[] Usual()
    {
        var packets = new List<(long, byte[])>();
        var time = Start;
        void Add(byte[] frame, int afterMilliseconds = 10) => packets.Add((time += afterMilliseconds * 1000, frame));

        Add(Ethernet(0x0806, new byte[28]));
        Add(Ethernet(IPv4(Client, "10.0.0.1", 17, Udp(53_000, 53, Question("www.example.org")))));
        Add(Ethernet(IPv4("10.0.0.1", Client, 17, Udp(53, 53_000, [.. Question("www.example.org"), .. new byte[16]]))));
        foreach (var frame in Connection(Client, Server, 50_000, 80, "GET / HTTP/1.1\r\n\r\n"u8.ToArray(), "HTTP/1.1 200 OK\r\n\r\n"u8.ToArray()))
        {
            Add(frame);
        }

        Add(Ethernet(IPv4(Client, "10.0.0.1", 1, Icmp(8, 0))));
        Add(Ethernet(IPv4("10.0.0.1", Client, 1, Icmp(0, 0))));
        Add(Ethernet(IPv4(Client, Server, 6, Tcp(50_001, 81, "S"))));
        Add(Ethernet(IPv4(Server, Client, 6, Tcp(81, 50_001, "RA"))));
        Add(Ethernet(IPv4(Client, Server, 6, Tcp(50_002, 82, "S"))));
        Add(Ethernet(IPv4(Client, Server, 17, Udp(50_003, 5000, new byte[8]), fragment: 0x2000, id: 7)));
        Add(Ethernet(IPv4(Client, Server, 17, new byte[24], fragment: 2, id: 7)));
        Add(Ethernet(IPv4(Client, Server, 17, Udp(1, 2))[..12]));
        Add(Ethernet(IPv6("2001:db8::5", "2001:db8::1", 58, Icmp(128, 0))), 2000);
        return CaptureMaker.Pcap(packets);
    }

    private static byte[] Blocks()
    {
        var encrypted = (byte[])[0x16, 3, 1, 0, 40, 1, 0, 0, 36, 3, 3, .. new byte[34]];
        var frames = Connection(Client, Server, 50_000, 443, encrypted, [0x16, 3, 3, 0, 4, 2, 0, 0, 0]).ToArray();
        return
        [
            .. CaptureMaker.Section(), .. CaptureMaker.OtherBlock(0x0BAD, Encoding.ASCII.GetBytes("a comment that nobody reads")),
            .. CaptureMaker.Interface(), .. CaptureMaker.Interface(101, 9),
            .. frames.SelectMany((frame, i) => CaptureMaker.EnhancedPacket((ulong)(Start + (i * 1000)), frame)),
            .. CaptureMaker.EnhancedPacket((ulong)Start * 1000, IPv4(Server, Client, 6, Tcp(22, 50_100, "SA")), 1),
            .. CaptureMaker.EnhancedPacket((ulong)Start, IPv4(Client, Server, 132, [.. Udp(7, 7), .. new byte[8]]), 9),
            .. CaptureMaker.SimplePacket(Ethernet(IPv4(Client, Server, 132, [.. Udp(7, 7), .. new byte[8]]))),
            .. CaptureMaker.Section(false), .. CaptureMaker.Interface(113, littleEndian: false),
            .. CaptureMaker.EnhancedPacket((ulong)Start, [.. new byte[14], 8, 0, .. IPv4(Client, Server, 47, Gre(0x0800, IPv4("172.16.0.1", "172.16.0.2", 17, Udp(123, 123, new byte[48]))))], 0, false),
        ];
    }

    private static byte[] Question(string name)
    {
        var question = new List<byte> { 0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
        foreach (var label in name.Split('.'))
        {
            question.Add((byte)label.Length);
            question.AddRange(Encoding.ASCII.GetBytes(label));
        }

        question.AddRange([0, 0, 1, 0, 1]);
        return [.. question];
    }

    private static string SourceFolder([System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "samples"));
}
