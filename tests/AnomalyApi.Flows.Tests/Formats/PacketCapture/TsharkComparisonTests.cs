using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Formats.PacketCapture;

/// <summary>Captures of the shared data beside the conversation tables of tshark, which counts packets and bytes of frames each way. From 10,000 bytes on it
/// shows whole kilobytes only.</summary>
[Trait("Data", "Shared")]
public partial class TsharkComparisonTests
{
    private const string Tshark = "tshark";

    [Theory]
    [InlineData("ndpi_1kxun.pcap")]
    [InlineData("ndpi_bittorrent.pcap")]
    [InlineData("ndpi_synscan.pcap")]
    [InlineData("packets_http_espn.pcapng")]
    [InlineData("pcaps_ftp-crack.pcap")]
    [InlineData("zeek_communityid-ipv6.pcap")]
    [InlineData("zeek_http-qinq-0.pcap")]
    [InlineData("zeek_mixed-vlan-mpls.pcap")]
    [InlineData("zeek_nflog-http.pcap")]
    [InlineData("zeek_pppoe.pcap")]
    [InlineData("zeek_ssh-ssh.pcap")]
    public async Task The_conversations_of_tshark_have_the_packets_and_bytes_of_the_flows(string capture)
    {
        Assert.SkipUnless(IsInstalled(), "tshark is not installed; tests/run.sh installs it.");
        var frames = await CaptureSums.OfFramesAsync(capture, Way.Of);
        var flows = await FlowsAsync(capture);
        Assert.Equal(frames.Sum(pair => pair.Value.Packets), flows.Sum(pair => pair.Value.Packets));
        var conversations = await ConversationsAsync(capture);

        var compared = 0;
        foreach (var (way, (packets, frameBytes, ipBytes)) in frames)
        {
            Assert.Equal((packets, ipBytes), flows[way]);
            if (way.Protocol is IpProtocols.Tcp or IpProtocols.Udp)
            {
                var (theirs, least, most) = conversations[way];
                Assert.True(theirs == packets, $"{way}: {packets} packets, tshark has {theirs}");
                Assert.True(frameBytes >= least && frameBytes <= most, $"{way}: {frameBytes} bytes, tshark has {least} to {most}");
                compared++;
            }
        }

        Assert.Equal(conversations.Count(pair => pair.Value.Packets > 0), compared);
    }

    private static bool IsInstalled() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, Tshark)));

    private static async Task<Dictionary<Way, (long Packets, long Bytes)>> FlowsAsync(string capture)
    {
        var sums = new Dictionary<Way, (long Packets, long Bytes)>();
        await using var body = CaptureSums.Open(capture);
        var target = await FlowBodies.ReadAsync("application/vnd.tcpdump.pcap", body);
        using var batch = target.Batch;
        for (var i = 0; i < batch.Count; i++)
        {
            var way = Way.Of(batch.Protocol[i], batch.Source[i], batch.SourcePort[i], batch.Destination[i], batch.DestinationPort[i]);
            Add(way, batch.ForwardPackets[i], batch.ForwardBytes[i]);
            Add(way.Back(), batch.ReversePackets[i], batch.ReverseBytes[i]);
        }

        return sums;

        void Add(Way way, long packets, long bytes)
        {
            var sum = sums.GetValueOrDefault(way);
            sums[way] = (sum.Packets + packets, sum.Bytes + bytes);
        }
    }

    private static async Task<Dictionary<Way, (long Packets, long Least, long Most)>> ConversationsAsync(string capture)
    {
        var sums = new Dictionary<Way, (long Packets, long Least, long Most)>();
        var file = Path.Combine(SharedData.Path("pcap"), capture);
        var start = new ProcessStartInfo(Tshark, ["-n", "-q", "-z", "conv,tcp", "-z", "conv,udp", "-r", File.Exists(file) ? file : file + ".gz"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        byte protocol = 0;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            protocol = line.StartsWith("TCP Conv", StringComparison.Ordinal) ? IpProtocols.Tcp : line.StartsWith("UDP Conv", StringComparison.Ordinal) ? IpProtocols.Udp : protocol;
            if (Row().Match(line) is { Success: true } row)
            {
                var way = new Way(protocol, IpAddressValue.Parse(row.Groups[1].Value), Number(row.Groups[2]), IpAddressValue.Parse(row.Groups[3].Value), Number(row.Groups[4]));
                Add(way.Back(), Number(row.Groups[5]), row.Groups[6].Value);
                Add(way, Number(row.Groups[7]), row.Groups[8].Value);
            }
        }

        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return sums;

        void Add(Way way, int packets, string bytes)
        {
            var (number, unit) = (long.Parse(bytes.Split(' ')[0], CultureInfo.InvariantCulture), bytes.Split(' ')[1]);
            var factor = unit switch { "bytes" => 1, "kB" => 1000, "MB" => 1_000_000, _ => throw new InvalidDataException(bytes) };
            var sum = sums.GetValueOrDefault(way);
            sums[way] = (sum.Packets + packets, sum.Least + (number * factor), sum.Most + ((number + 1) * factor) - 1);
        }
    }

    private static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(\S+):(\d+)\s+<-> (\S+):(\d+)\s+(\d+) (\d+ \w+)\s+(\d+) (\d+ \w+)\s")]
    private static partial Regex Row();

    // One direction of a flow.
    private readonly record struct Way(byte Protocol, IpAddressValue Source, int SourcePort, IpAddressValue Destination, int DestinationPort)
    {
        // No property, since a record shows its properties.
        public Way Back() => new(Protocol, Destination, DestinationPort, Source, SourcePort);

        public static Way Of(byte protocol, IpAddressValue source, int sourcePort, IpAddressValue destination, int destinationPort) =>
            protocol is IpProtocols.Tcp or IpProtocols.Udp
                ? new Way(protocol, source, sourcePort, destination, destinationPort)
                : new Way(protocol, source, -1, destination, -1);
    }
}
