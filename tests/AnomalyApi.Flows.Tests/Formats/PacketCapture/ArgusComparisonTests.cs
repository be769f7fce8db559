using System.Globalization;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Formats.PacketCapture;

/// <summary>
/// The captures of the shared data beside what Argus made of them. Argus counts the bytes of the link layer, so packets and bytes of frames are summed here for
/// each pair of ends and must be those of Argus, and packets and bytes of the flows must be those of the same packets. Argus reports an open flow at
/// every status interval and joins five-tuples that are used again, so numbers of flows are equal only where neither happened: the table says which.
/// </summary>
[Trait("Data", "Shared")]
public class ArgusComparisonTests
{
    private const string Same = "";
    private const string Interval = "Argus reports an open flow every five seconds. ";
    private const string Echo = "Argus makes a flow of each echo, by its identifier. ";
    private const string Question = "Argus makes a flow of each DNS question. ";
    private const string OneWay = "Argus made a flow of each direction. ";
    private const string Fragments = "Argus reads ports where the first fragment has come later or the packet is a later one. ";
    private const string TunnelFragments = "Argus counts the rest of a fragmented tunnel packet as GRE; here the packet inside is counted with its whole length. ";
    private const string Again = "The capture holds connections twice. A SYN behind the end begins another flow; Argus goes on with the first. ";

    // What Argus knows by words and has no flow here.
    private static readonly string[] WithoutIp = ["arp", "rarp", "llc", "man", "pppoe", "eapol", "loop"];

    /// <summary>Capture, our flows, flows of Argus over IP, and why they differ.</summary>
    public static TheoryData<string, int, int, string> Captures() => new()
    {
        { "ndpi_1kxun.pcap", 197, 300, Interval },
        { "ndpi_bittorrent.pcap", 24, 25, Interval },
        { "ndpi_dns-tunnel-iodine.pcap", 1, 222, Question },
        { "ndpi_dos_win98_smb_netbeui.pcap", 6, 18, Interval },
        { "ndpi_mining.pcapng", 4, 137, Interval },
        { "ndpi_synscan.pcap", 1994, 2000, Interval },
        { "ndpi_tcp_scan.pcapng", 7, 7, Same },
        { "packets_arppoison.pcapng", 29, 31, Interval },
        { "packets_http_espn.pcapng", 39, 39, Same },
        { "pcaps_dosattack.pcap", 100, 100, Same },
        { "pcaps_ftp-crack.pcap", 1415, 1342, Again },
        { "stratospherelinuxips_test12-icmp-portscan.pcap", 18, 26, Echo },
        { "stratospherelinuxips_test19-malicious-ssh-malicious-ssh-bruteforce.pcap", 67, 67, Same },
        { "suricata-verify_dhcp-request-flood-test.pcap", 1, 1, Same },
        { "suricata-verify_firewall-tcp-session-syn-flood-drop-precedence-input.pcap", 200, 200, Same },
        { "zeek_communityid-icmp.pcap", 1, 4, Echo },
        { "zeek_communityid-icmp6.pcap", 14, 18, Interval },
        { "zeek_communityid-ipv6.pcap", 1, 2, Interval },
        { "zeek_communityid-sctp.pcap", 1, 1, Same },
        { "zeek_communityid-tcp.pcap", 1, 1, Same },
        { "zeek_conn-size.pcap", 5, 7, Interval },
        { "zeek_dhcp-dhcp_flood.pcap", 250, 250, Same },
        { "zeek_dnp3-dnp3.pcap", 9, 38, Interval },
        { "zeek_dns-long-connection.pcap", 2, 11, Interval },
        { "zeek_echo-connections.pcap", 500, 583, Interval },
        { "zeek_erspan.pcap", 15, 83, Interval + Echo + TunnelFragments },
        { "zeek_ftp-bruteforce.pcap", 30, 30, Same },
        { "zeek_http-1000-requests-one-dropped-response.pcap", 1, 2, OneWay },
        { "zeek_http-bro.org.pcap", 13, 25, Interval },
        { "zeek_http-qinq-0.pcap", 1, 1, Same },
        { "zeek_http-vlan-0.pcap", 1, 1, Same },
        { "zeek_icmp-5-pings.pcap", 1, 5, Echo },
        { "zeek_ipv4-fragmented-3.pcap", 1, 1, Same },
        { "zeek_ipv6-fragmented-dns.pcap", 3, 5, Fragments },
        { "zeek_mixed-vlan-mpls.pcap", 3, 3, Same },
        { "zeek_modbus-modbusBig.pcap", 3, 36, Interval },
        { "zeek_nmap-vsn.pcap", 18, 23, Question },
        { "zeek_ntp.pcap", 6, 6, Same },
        { "zeek_pcapng-multi-interface.pcapng", 3, 3, Same },
        { "zeek_portmapper-many-unanswered-calls.pcapng", 1, 1, Same },
        { "zeek_pppoe.pcap", 7, 7, Same },
        { "zeek_quic-firefox-102.13.0esr-blog-cloudflare-com.pcap", 1, 1, Same },
        { "zeek_raw_packets.pcap", 8, 10, Question },
        { "zeek_rdp-rdp-to-ssl.pcap", 2, 2, Same },
        { "zeek_rfb-vnc-scanner.pcap", 1, 1, Same },
        { "zeek_smb-smb2_100_small_files.pcap", 1, 3, Interval },
        { "zeek_ssh-single-conn.pcap", 1, 2, Interval },
        { "zeek_ssh-ssh.pcap", 25, 31, Interval },
        { "zeek_tcp-miss_end_data.pcap", 1, 2, Interval },
        { "zeek_tcp-missing-syn.pcap", 1, 1, Same },
    };

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task The_flows_of_a_capture_hold_the_packets_and_bytes_that_Argus_counts(string capture, int flows, int argusFlows, string whyFlowsDiffer)
    {
        var frames = await CaptureSums.OfFramesAsync(capture, Ends.Of);
        var ours = await SumFlowsAsync(capture);
        var (argus, argusCount) = SumArgus(capture);

        Assert.Equal(flows, ours.Count);
        Assert.Equal(argusFlows, argusCount);
        Assert.Equal(flows == argusFlows, whyFlowsDiffer.Length == 0);

        // Our flows against the frames: nothing lost, nothing counted twice.
        Assert.Equal(Show(frames.ToDictionary(pair => pair.Key, pair => (pair.Value.Packets, pair.Value.IpBytes))), Show(ours.Sums));

        // The frames against Argus.
        var expected = frames.ToDictionary(pair => pair.Key, pair => (pair.Value.Packets, pair.Value.FrameBytes));
        CountLikeArgus(capture, expected);
        Assert.Equal(Show(argus), Show(expected));
    }

    [Fact]
    public void Every_capture_that_Argus_read_is_compared() => Assert.Equal(
        Directory.GetFiles(SharedData.Path("pcap", "flows"), "*.binetflow").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal),
        Captures().Select(row => row.Data.Item1).Order(StringComparer.Ordinal));

    // Differences of packets and bytes, by design.
    private static void CountLikeArgus(string capture, Dictionary<Ends, (long Packets, long Bytes)> sums)
    {
        switch (capture)
        {
            case "suricata-verify_dhcp-request-flood-test.pcap":
                // All 10,000 packets have the same time. Argus says that there were none.
                Assert.Equal((10_000L, 2_860_000L), sums[sums.Keys.Single()]);
                sums[sums.Keys.Single()] = (0, 0);
                break;
            case "zeek_erspan.pcap":
                sums.Add(Ends.Of(47, IpAddressValue.Parse("10.200.0.3"), -1, IpAddressValue.Parse("10.200.0.224"), -1), (39, 46_089));
                break;
            case "zeek_ipv6-fragmented-dns.pcap":
                // Four packets of one conversation: one is a lone later fragment, three are fragments of an answer.
                var (client, server) = (IpAddressValue.Parse("2001:470:1f11:81f:d138:5f55:6d4:1fe2"), IpAddressValue.Parse("2607:f740:b::f93"));
                Assert.True(sums.Remove(Ends.Of(17, client, -1, server, -1), out var lone));
                sums[Ends.Of(17, server, 256, client, 0)] = lone;
                var conversation = Ends.Of(17, client, 51_851, server, 53);
                sums[Ends.Of(17, server, 512, client, 0)] = (2, 1930);
                sums[conversation] = (sums[conversation].Packets - 2, sums[conversation].Bytes - 1930);
                break;
        }
    }

    private static List<string> Show(Dictionary<Ends, (long Packets, long Bytes)> sums) =>
        [.. sums.Select(pair => $"{pair.Key} packets {pair.Value.Packets} bytes {pair.Value.Bytes}").Order(StringComparer.Ordinal)];

    private static async Task<(int Count, Dictionary<Ends, (long Packets, long Bytes)> Sums)> SumFlowsAsync(string capture)
    {
        var sums = new Dictionary<Ends, (long Packets, long Bytes)>();
        await using var body = CaptureSums.Open(capture);
        var target = await FlowBodies.ReadAsync("application/vnd.tcpdump.pcap", body);
        using var batch = target.Batch;
        Assert.Empty(target.Rejections);
        for (var i = 0; i < batch.Count; i++)
        {
            var ends = Ends.Of(batch.Protocol[i], batch.Source[i], batch.SourcePort[i], batch.Destination[i], batch.DestinationPort[i]);
            var sum = sums.GetValueOrDefault(ends);
            sums[ends] = (sum.Packets + batch.ForwardPackets[i] + batch.ReversePackets[i], sum.Bytes + batch.ForwardBytes[i] + batch.ReverseBytes[i]);
        }

        return (batch.Count, sums);
    }

    private static (Dictionary<Ends, (long Packets, long Bytes)> Sums, int Count) SumArgus(string capture)
    {
        var sums = new Dictionary<Ends, (long Packets, long Bytes)>();
        var count = 0;
        foreach (var line in File.ReadLines(SharedData.Path("pcap", "flows", capture + ".binetflow")).Skip(1))
        {
            var columns = line.Split(',');
            if (WithoutIp.Contains(columns[2]))
            {
                continue;
            }

            count++;
            var protocol = columns[2] == "ipv6-icmp" ? IpProtocols.Icmp6
                : IpProtocols.TryParse(System.Text.Encoding.ASCII.GetBytes(columns[2]), out var number) ? number : throw new InvalidDataException(line);
            var ends = Ends.Of(protocol, IpAddressValue.Parse(columns[3]), Port(columns[4]), IpAddressValue.Parse(columns[6]), Port(columns[7]));
            var sum = sums.GetValueOrDefault(ends);
            sums[ends] = (sum.Packets + long.Parse(columns[11], CultureInfo.InvariantCulture), sum.Bytes + long.Parse(columns[12], CultureInfo.InvariantCulture));
        }

        return (sums, count);

        static int Port(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var port) ? port : -1;
    }
}
