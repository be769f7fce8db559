using System.Buffers.Binary;
using AnomalyApi.Flows;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Rows;
using AnomalyApi.Testing;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Tests.Collectors;

/// <summary>softflowd reads a capture and exports it to the collector over loopback; nfdump, nfpcapd and tshark say what it should have got.</summary>
public sealed class RealExporterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("anomaly-exporter-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(5)]
    [InlineData(9)]
    [InlineData(10)]
    public async Task What_arrives_of_a_small_capture_is_what_nfdump_gets(int version)
    {
        var capture = Path.Combine(_folder, "capture.pcap");
        await File.WriteAllBytesAsync(capture, SmallCapture(), TestContext.Current.CancellationToken);

        await CompareAsync(capture, version, expected: 41);
    }

    // Records as nfdump counts them, which SOURCE.md of the exports has too.
    [Trait("Data", "Shared")]
    [Theory]
    [InlineData("ndpi_synscan.pcap.gz", 5, 2002)]
    [InlineData("ndpi_synscan.pcap.gz", 9, 2002)]
    [InlineData("ndpi_synscan.pcap.gz", 10, 2002)]
    [InlineData("pcaps_ftp-crack.pcap.gz", 9, 1425)]
    [InlineData("ndpi_1kxun.pcap.gz", 10, 297)]
    public async Task What_arrives_of_a_real_capture_is_what_nfdump_gets(string file, int version, int expected) =>
        await CompareAsync(await RealTools.UnpackAsync(SharedData.Path("pcap", file), _folder), version, expected);

    [Trait("Data", "Shared")]
    [Theory]
    [InlineData(5)]
    [InlineData(9)]
    [InlineData(10)]
    public async Task Joined_flows_have_the_packets_of_nfpcapd_and_the_bytes_of_tshark(int version)
    {
        var capture = await RealTools.UnpackAsync(SharedData.Path("pcap", "pcaps_ftp-crack.pcap.gz"), _folder);
        var flows = await CollectAsync(capture, version, pairs: true, packets: 19_730);

        var packets = new Dictionary<string, long>();
        var sums = new Dictionary<string, (long Packets, long Bytes)>();
        foreach (var flow in flows)
        {
            var ends = RealTools.Ends(flow.Source.ToString(), flow.SourcePort ?? 0, flow.Destination.ToString(), flow.DestinationPort ?? 0, flow.Protocol);
            var (sum, bytes) = sums.GetValueOrDefault(ends);
            var count = (flow.ForwardPackets ?? 0) + (flow.ReversePackets ?? 0);
            packets[ends] = packets.GetValueOrDefault(ends) + count;
            sums[ends] = (sum + count, bytes + (flow.ForwardBytes ?? 0) + (flow.ReverseBytes ?? 0));
        }

        Assert.Equal(await RealTools.NfpcapdAsync(capture), packets);
        Assert.Equal(await RealTools.ConversationsAsync(capture), sums);
    }

    private static async Task CompareAsync(string capture, int version, int expected)
    {
        var nfdump = await RealTools.NfdumpAsync(capture, version);
        Assert.Equal(expected, nfdump.Count);

        var flows = await CollectAsync(capture, version, pairs: false, packets: 0, expected);

        // Version 5 counts times from when softflowd started, so that two exports of one capture differ by rounding. That ours are right of one and the same
        // datagram, a test of the decoder shows.
        static string Comparable(string line, int version) => version == 5 ? line[line.IndexOf(' ', StringComparison.Ordinal)..] : line;
        Assert.Equal(
            nfdump.Select(line => Comparable(line, version)).Order(StringComparer.Ordinal),
            flows.Select(flow => Comparable(Line(flow), version)).Order(StringComparer.Ordinal));
    }

    private static async Task<List<FlowRow>> CollectAsync(string capture, int version, bool pairs, long packets, int flows = 0)
    {
        await using var service = await TestService.StartAsync(settings: [.. Exporter.Settings, ("Collectors:NetFlow:PairDirections", $"{pairs}")]);
        using var exporter = await Exporter.ToAsync(service);
        await RealTools.SoftflowdAsync(capture, exporter.Port, version);
        var rows = new List<FlowRow>();
        await TestService.UntilAsync(
            async () =>
            {
                await using var context = service.Get<StorageDatabase>().CreateDbContext();
                rows = await context.Flows.AsNoTracking().ToListAsync(TestContext.Current.CancellationToken);
                return pairs ? rows.Sum(row => (row.ForwardPackets ?? 0) + (row.ReversePackets ?? 0)) >= packets : rows.Count >= flows;
            },
            $"all flows of softflowd's version {version}");
        var collector = await Exporter.CollectorAsync(service);
        Assert.Equal((0, 0, 0), (collector.GetProperty("malformed").GetInt32(), collector.GetProperty("queue_dropped").GetInt32(), collector.GetProperty("kernel_dropped").GetInt32()));
        Assert.Equal(0, collector.GetProperty("exporters")[0].GetProperty("missed").GetInt32());
        return rows;
    }

    private static string Line(FlowRow flow)
    {
        var (sourcePort, destinationPort) = (flow.SourcePort ?? 0, flow.DestinationPort ?? 0);
        if (flow.Protocol is IpProtocols.Icmp or IpProtocols.Icmp6)
        {
            (sourcePort, destinationPort) = (0, (sourcePort << 8) | destinationPort);
        }

        return RealTools.Line((flow.DurationMicroseconds ?? 0) / 1_000_000m, flow.Source.ToString(), sourcePort, flow.Destination.ToString(), destinationPort, flow.Protocol, flow.TcpFlags ?? 0, flow.ForwardPackets ?? 0, flow.ForwardBytes ?? 0);
    }

    // Twenty UDP conversations of three packets, and a SYN that nobody answers: 41 records.
    private static byte[] SmallCapture()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        foreach (var word in (uint[])[0xA1B2C3D4, 0x0004_0002, 0, 0, 65_535, 1])
        {
            writer.Write(word);
        }

        var time = 1_717_243_200_000_000L;
        for (var i = 0; i < 20; i++)
        {
            Write(writer, time += 1_000, Frame(17, 1, 2, 5_000 + i, 53, 60));
            Write(writer, time += 2_500, Frame(17, 2, 1, 53, 5_000 + i, 200));
            Write(writer, time += 3_000, Frame(17, 1, 2, 5_000 + i, 53, 60));
        }

        Write(writer, time + 1, Frame(6, 1, 3, 40_000, 22, 20));
        return stream.ToArray();
    }

    private static void Write(BinaryWriter writer, long microseconds, byte[] frame)
    {
        writer.Write((uint)(microseconds / 1_000_000));
        writer.Write((uint)(microseconds % 1_000_000));
        writer.Write(frame.Length);
        writer.Write(frame.Length);
        writer.Write(frame);
    }

    private static byte[] Frame(byte protocol, byte from, byte to, int sourcePort, int destinationPort, int length)
    {
        var frame = new byte[14 + 20 + length];
        frame[12] = 8;
        frame[14] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(16), (ushort)(20 + length));
        (frame[22], frame[23], frame[26], frame[29], frame[30], frame[33]) = (64, protocol, 10, from, 10, to);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(34), (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(36), (ushort)destinationPort);
        if (protocol == 6)
        {
            (frame[46], frame[47]) = (0x50, 0x02);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(38), (ushort)length);
        }

        return frame;
    }
}
