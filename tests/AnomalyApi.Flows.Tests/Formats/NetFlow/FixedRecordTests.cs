using AnomalyApi.Flows.Formats.NetFlow;
using AnomalyApi.Testing;
using static AnomalyApi.Testing.ExportWriter;

namespace AnomalyApi.Flows.Tests.Formats.NetFlow;

/// <summary>NetFlow v5 and v7.</summary>
public class FixedRecordTests
{
    private const long Noon = 1_717_243_200;

    [Fact]
    public void Exporters_that_come_and_go_cost_no_more_than_a_few()
    {
        var few = TimeOf(10);
        var many = TimeOf(20_000);

        Assert.True(many < (20 * few) + TimeSpan.FromMilliseconds(100), $"{many} for many exporters, {few} for few.");

        static TimeSpan TimeOf(int exporters)
        {
            using var collector = new Collector(new NetFlowDecoderOptions { PairDirections = false, MaxExporters = 4096 });
            var datagram = V5(1_717_243_200, 100_000, 0, 0, V5Record("10.0.0.1", "10.0.0.2", 1, 2, 17, 3, 180, 0, 0));
            var watch = System.Diagnostics.Stopwatch.StartNew();
            for (var i = 0; i < 20_000; i++)
            {
                var number = i % exporters;
                collector.Take(datagram, i, IpAddressValue.Parse($"10.1.{number / 250}.{number % 250}"));
            }

            Assert.Equal(Math.Max(0, exporters - 4096), collector.Decoder.Statistics().ForgottenExporters);
            return watch.Elapsed;
        }
    }

    [Fact]
    public void A_record_is_a_flow_at_its_uptime()
    {
        using var collector = new Collector();

        // The exporter started 100 s before noon, so uptime 90 s is ten seconds before.
        collector.Take(V5(Noon, 100_000, 0, 0, V5Record("10.0.0.1", "10.0.0.2", 1024, 80, 6, 3, 180, 90_000, 92_500, 0x12)));

        var flow = collector.Flow();
        Assert.Equal(DateTime.UnixEpoch.AddSeconds(Noon - 10), flow.Start);
        Assert.Equal(TimeSpan.FromSeconds(2.5), flow.Duration);
        Assert.Equal(("10.0.0.1", 1024, "10.0.0.2", 80), (flow.Source.ToString(), flow.SourcePort, flow.Destination.ToString(), flow.DestinationPort));
        Assert.Equal((3L, 180L, (byte)0x12, (byte)6), (flow.ForwardPackets, flow.ForwardBytes, flow.TcpFlags, flow.Protocol));
        Assert.Null(flow.ReversePackets);
        Assert.Equal(1, flow.SamplingInterval);
    }

    [Fact]
    public void Uptimes_from_before_an_overflow_lie_in_the_past()
    {
        using var collector = new Collector();

        // Began 2 s before the 32 bits overflowed and ended 1 s after; told 5 s after.
        collector.Take(V5(Noon, 5_000, 0, 0, V5Record("10.0.0.1", "10.0.0.2", 1, 2, 17, 3, 180, 4_294_967_296 - 2_000, 1_000)));

        Assert.Equal((DateTime.UnixEpoch.AddSeconds(Noon - 7), TimeSpan.FromSeconds(3)), (collector.Flow().Start, collector.Flow().Duration));
    }

    [Fact]
    public void Counts_are_multiplied_by_the_sampling_interval_of_the_header()
    {
        using var collector = new Collector();

        // The two upper bits are the mode.
        collector.Take(V5(Noon, 0, 0, 0x4000 | 512, V5Record("10.0.0.1", "10.0.0.2", 1, 2, 17, 3, 180, 0, 0)));

        Assert.Equal((512, 3L * 512, 180L * 512), (collector.Flow().SamplingInterval, collector.Flow().ForwardPackets, collector.Flow().ForwardBytes));
    }

    [Fact]
    public void Type_and_code_of_ICMP_come_from_the_destination_port_and_other_protocols_have_none()
    {
        using var collector = new Collector();

        collector.Take(V5(
            Noon, 0, 0, 0, V5Record("10.0.0.1", "10.0.0.2", 0, (3 << 8) | 4, 1, 1, 56, 0, 0), V5Record("10.0.0.1", "10.0.0.2", 0, 0, 47, 1, 56, 0, 0)));

        Assert.Equal((3, 4), (collector.Flows[0].SourcePort, collector.Flows[0].DestinationPort));
        Assert.Equal((null, null), (collector.Flows[1].SourcePort, collector.Flows[1].DestinationPort));
    }

    [Fact]
    public void Version_seven_has_longer_records()
    {
        using var collector = new Collector();
        var record = V5Record("10.0.0.1", "10.0.0.2", 1, 2, 17, 3, 180, 0, 0).U32(0).ToArray();

        collector.Take(new ExportWriter().U16(7, 2).U32(0, Noon, 0, 0, 0).Bytes(record).Bytes(record).ToArray());

        Assert.Equal(2, collector.Flows.Count);
        Assert.Equal([7], collector.Exporter.Versions);
    }

    [Fact]
    public void A_datagram_that_is_cut_off_is_read_as_far_as_it_goes_and_counted()
    {
        using var collector = new Collector();
        var datagram = V5(Noon, 0, 0, 0, V5Record("10.0.0.1", "10.0.0.2", 1, 2, 17, 3, 180, 0, 0), V5Record("10.0.0.1", "10.0.0.3", 1, 2, 17, 3, 180, 0, 0));

        collector.Take(datagram[..^1]);

        Assert.Equal("10.0.0.2", collector.Flow().Destination.ToString());
        Assert.Equal(["Byte 0: a NetFlow v5 header that counts 2 records, where 1 are whole."], collector.Reasons);
        Assert.Equal((1L, 1L), (collector.Decoder.Statistics().Datagrams, collector.Decoder.Statistics().Malformed));
    }

    [Fact]
    public void Lost_flows_are_counted_by_the_sequence_numbers_and_late_ones_are_not_lost()
    {
        using var collector = new Collector();
        foreach (var (sequence, missed) in (ReadOnlySpan<(long, long)>)[(100, 0), (101, 0), (105, 3), (103, 2), (106, 2)])
        {
            collector.Take(Single(sequence, 1_000_000));
            Assert.Equal(missed, collector.Exporter.MissedFlows);
        }

        Assert.Equal(0, collector.Exporter.Restarts);
    }

    [Fact]
    public void An_exporter_that_starts_anew_has_lost_nothing()
    {
        using var collector = new Collector();

        collector.Take(Single(500_000, 9_000_000)).Take(Single(0, 60)).Take(Single(1, 1_000));

        Assert.Equal((0L, 1L), (collector.Exporter.MissedFlows, collector.Exporter.Restarts));
    }

    [Fact]
    public void What_is_no_export_is_counted_as_malformed()
    {
        using var collector = new Collector();

        collector.Take([]).Take([0, 5]).Take("GET / HTTP/1.1"u8.ToArray()).Take([0, 6, 0, 0, 0, 0]);

        Assert.Equal((4L, 4L), (collector.Decoder.Statistics().Datagrams, collector.Decoder.Statistics().Malformed));
        Assert.Empty(collector.Decoder.Statistics().Exporters);
    }

    private static byte[] Single(long sequence, long uptime) => V5(Noon, uptime, sequence, 0, V5Record("10.0.0.1", "10.0.0.2", 1, 2, 17, 3, 180, 0, 0));
}
