using AnomalyApi.Testing;
using static AnomalyApi.Testing.ExportWriter;

namespace AnomalyApi.Flows.Tests.Formats.NetFlow;

/// <summary>sFlow v5: samples of packets.</summary>
public class SFlowTests
{
    private const long Received = 1_717_243_200_000_000;

    // 60 bytes on the wire: Ethernet, IPv4 with 46 bytes, UDP from 5353 to 53.
    private static readonly byte[] Frame =
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 8, 0, 0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0x14, 0xE9, 0, 53, 0, 26, 0, 0];

    [Fact]
    public void A_sampled_packet_stands_for_as_many_as_the_rate_says()
    {
        using var collector = new Collector();

        collector.Take(SFlow("192.0.2.9", 1, 1000, (1, Sample(512, (1, RawHeader(1, 60, Frame))))), Received);

        var flow = collector.Flow();
        Assert.Equal(("10.0.0.1", 5353, "10.0.0.2", 53, (byte)17), (flow.Source.ToString(), flow.SourcePort, flow.Destination.ToString(), flow.DestinationPort, flow.Protocol));
        Assert.Equal((512L, 46L * 512, 512), (flow.ForwardPackets, flow.ForwardBytes, flow.SamplingInterval));
        Assert.Equal((FlowTime.FromMicroseconds(Received), TimeSpan.Zero), (flow.Start, flow.Duration));
    }

    [Fact]
    public void Expanded_samples_and_packets_that_the_agent_took_apart_are_read()
    {
        using var collector = new Collector();
        var ipv4 = new ExportWriter().U32(100, 6).Address("10.0.0.1", "10.0.0.2").U32(4000, 443, 0x12, 0);
        var ipv6 = new ExportWriter().U32(100, 58).Address("2001:db8::1", "2001:db8::2").U32(0, 0, 0, 0);

        // A switch's own record comes first.
        collector.Take(SFlow(
            "2001:db8::9", 1, 1000, (3, ExpandedSample(10, (1001, new ExportWriter().U32(1, 2, 3, 4)), (3, ipv4))), (1, Sample(10, (4, ipv6)))), Received);

        Assert.Equal((4000, (byte)0x12, 1000L), (collector.Flows[0].SourcePort!.Value, collector.Flows[0].TcpFlags!.Value, collector.Flows[0].ForwardBytes!.Value));
        Assert.Equal(("2001:db8::1", null), (collector.Flows[1].Source.ToString(), collector.Flows[1].SourcePort));
    }

    [Fact]
    public void Counters_and_packets_without_IP_are_skipped_and_counted()
    {
        using var collector = new Collector();
        byte[] arp = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1];

        collector.Take(SFlow("192.0.2.9", 1, 1000, (2, new ExportWriter().U32(1, 2, 0)), (1, Sample(1, (1, RawHeader(1, 64, arp)))), (5, new ExportWriter())), Received);

        Assert.Empty(collector.Flows);
        Assert.Equal((1, 1, 1), (collector.Target.Skipped["counter samples"], collector.Target.Skipped["samples without IP"], collector.Target.Skipped["samples of other kinds"]));
        Assert.Equal((3L, 3L), (collector.Exporter.Records, collector.Exporter.Skipped));
    }

    [Fact]
    public void Every_truncation_is_taken_as_far_as_it_goes()
    {
        var datagram = SFlow("192.0.2.9", 1, 1000, (1, Sample(1, (1, RawHeader(1, 60, Frame)))), (1, Sample(1, (1, RawHeader(1, 60, Frame)))));
        for (var length = 0; length < datagram.Length; length++)
        {
            using var collector = new Collector();
            Assert.InRange(collector.Take(datagram[..length], Received).Flows.Count, 0, 1);
            Assert.Equal(1, collector.Decoder.Statistics().Malformed);
        }
    }

    [Fact]
    public void Lost_datagrams_are_counted()
    {
        using var collector = new Collector();

        collector.Take(SFlow("192.0.2.9", 1, 1000)).Take(SFlow("192.0.2.9", 2, 2000)).Take(SFlow("192.0.2.9", 6, 3000));

        Assert.Equal(3, collector.Exporter.MissedDatagrams);
    }

    private static ExportWriter RawHeader(int protocol, int length, byte[] bytes) =>
        new ExportWriter().U32(protocol, length, 4, bytes.Length).Bytes(bytes).Bytes(new byte[(4 - (bytes.Length % 4)) % 4]);

    private static ExportWriter Sample(int rate, params ReadOnlySpan<(int Format, ExportWriter Record)> records) =>
        Records(new ExportWriter().U32(1, 2, rate, 100, 0, 1, 2, records.Length), records);

    private static ExportWriter ExpandedSample(int rate, params ReadOnlySpan<(int Format, ExportWriter Record)> records) =>
        Records(new ExportWriter().U32(1, 0, 2, rate, 100, 0, 0, 1, 0, 2, records.Length), records);

    private static ExportWriter Records(ExportWriter sample, ReadOnlySpan<(int Format, ExportWriter Record)> records)
    {
        foreach (var (format, record) in records)
        {
            sample.U32(format, record.Length).Bytes(record.ToArray());
        }

        return sample;
    }
}
