using AnomalyApi.Flows.Formats.NetFlow;
using AnomalyApi.Testing;
using static AnomalyApi.Testing.ExportWriter;

namespace AnomalyApi.Flows.Tests.Formats.NetFlow;

/// <summary>NetFlow v9 and IPFIX: records that a template describes.</summary>
public class TemplateTests
{
    private const long Noon = 1_717_243_200;

    // Addresses, ports, protocol, packets and bytes.
    private static readonly (int, int)[] Basic = [(8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (2, 4), (1, 4)];

    [Fact]
    public void Data_before_its_template_waits_and_is_read_when_it_comes()
    {
        using var collector = new Collector();

        collector.Take(Data(1)).Take(Data(2));
        Assert.Empty(collector.Flows);
        Assert.Equal(2, collector.Decoder.Statistics().HeldSets);
        collector.Take(Definition(), 59 * Collector.Second);

        Assert.Equal([1L, 2L], collector.Flows.Select(flow => flow.ForwardPackets!.Value));
        Assert.Equal((2L, 2L, 0L), (collector.Exporter.SetsHeld, collector.Exporter.SetsDecodedLate, collector.Exporter.SetsExpired));
    }

    [Fact]
    public void Data_whose_template_does_not_come_within_a_minute_is_given_up_and_counted()
    {
        using var collector = new Collector();

        collector.Take(Data(1)).Take(Definition(), 61 * Collector.Second);

        Assert.Empty(collector.Flows);
        Assert.Equal(["Byte 20: a data set for template 256 of domain 7, which has not come."], collector.Reasons);
        Assert.Equal((1L, 1L), (collector.Exporter.SetsHeld, collector.Exporter.SetsExpired));
    }

    [Fact]
    public void Room_for_data_that_waits_is_bounded()
    {
        using var collector = new Collector(ExportFiles.Apart with { HeldBytes = 500 });

        collector.Take(Data(1)).Take(Data(2)).Take(Data(3)).Take(Definition());

        Assert.Equal([1L, 2L], collector.Flows.Select(flow => flow.ForwardPackets!.Value));
        Assert.Equal(1, collector.Exporter.SetsExpired);
        Assert.Contains("no room", Assert.Single(collector.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void Templates_belong_to_an_exporter_and_a_domain()
    {
        using var collector = new Collector();
        collector.Take(Definition());

        collector.Take(Data(1, domain: 8)).Take(Data(2), from: IpAddressValue.Parse("192.0.2.2"));

        Assert.Empty(collector.Flows);
        Assert.Equal(2, collector.Decoder.Statistics().HeldSets);
    }

    [Fact]
    public void A_template_that_changes_counts_from_then_on()
    {
        using var collector = new Collector();

        collector.Take(Definition()).Take(Data(1))
            .Take(Ipfix(Noon, 1, 7, new ExportWriter().Set(2, Template(256, (12, 4), (8, 4), (2, 1)))))
            .Take(Ipfix(Noon, 1, 7, new ExportWriter().Set(256, new ExportWriter().Address("10.0.0.8", "10.0.0.9").U8(77))));

        Assert.Equal(("10.0.0.9", 77L), (collector.Flows[1].Source.ToString(), collector.Flows[1].ForwardPackets));
        Assert.Equal(1, collector.Exporter.Templates);
    }

    [Fact]
    public void A_template_can_be_withdrawn_alone_or_with_all_others()
    {
        using var collector = new Collector();

        collector.Take(Definition()).Take(Definition(257)).Take(Definition(258));
        collector.Take(Ipfix(Noon, 0, 7, new ExportWriter().Set(2, new ExportWriter().U16(257, 0))));
        Assert.Equal(2, collector.Exporter.Templates);
        collector.Take(Ipfix(Noon, 0, 7, new ExportWriter().Set(2, new ExportWriter().U16(2, 0))));

        Assert.Equal(0, collector.Exporter.Templates);
        Assert.Empty(collector.Take(Data(1)).Flows);
    }

    [Fact]
    public void Templates_are_bounded_in_number_and_size()
    {
        using var collector = new Collector(ExportFiles.Apart with { MaxTemplates = 16 });

        for (var id = 256; id < 256 + 20; id++)
        {
            collector.Take(Definition(id));
        }

        collector.Take(Ipfix(Noon, 0, 7, new ExportWriter().Set(2, Template(999, new (int, int)[1025]))));
        Assert.Equal((16, 5L), (collector.Exporter.Templates, collector.Exporter.TemplatesRefused));
    }

    [Fact]
    public void Exporters_are_bounded_and_the_longest_silent_is_forgotten()
    {
        using var collector = new Collector(ExportFiles.Apart with { MaxExporters = 2 });

        foreach (var (host, time) in (ReadOnlySpan<(uint, int)>)[(1, 1), (2, 2), (1, 3), (3, 4)])
        {
            collector.Take(Definition(), time, IpAddressValue.FromIPv4(host));
        }

        Assert.Equal(["0.0.0.1", "0.0.0.3"], collector.Decoder.Statistics().Exporters.Select(exporter => exporter.Address.ToString()).Order());
        Assert.Equal((1L, 2), (collector.Decoder.Statistics().ForgottenExporters, collector.Decoder.Statistics().Templates));
    }

    [Fact]
    public void Fields_of_any_length_are_read()
    {
        using var collector = new Collector();

        // A name whose length each record says (in one byte or in three), an enterprise's field, counts in three and in eight bytes.
        collector.Take(Ipfix(Noon, 0, 7, new ExportWriter().Set(2, new ExportWriter().U16(256, 6)
            .U16(96, 65_535, 8, 4, 12, 4, 0x8000 | 12, 65_535).U32(35_632).U16(2, 3, 1, 8))));
        collector.Take(Ipfix(Noon, 0, 7, new ExportWriter().Set(256, new ExportWriter()
            .U8(3).Bytes("dns"u8).Address("10.0.0.1", "10.0.0.2").U8(0).U8(1, 0, 0).U64(7)
            .U8(255).U16(300).Bytes(new byte[300]).Address("10.0.0.3", "10.0.0.4").U8(2, 9, 9).U8(0, 0, 5).U64(1L << 40))));

        Assert.Equal([65_536L, 5L], collector.Flows.Select(flow => flow.ForwardPackets!.Value));
        Assert.Equal([7L, 1L << 40], collector.Flows.Select(flow => flow.ForwardBytes!.Value));
        Assert.Equal("10.0.0.3", collector.Flows[1].Source.ToString());
    }

    [Fact]
    public void A_record_that_is_longer_than_its_set_is_refused_and_the_datagram_goes_on()
    {
        using var collector = new Collector();
        collector.Take(Definition(257)).Take(Ipfix(Noon, 0, 7, new ExportWriter().Set(2, Template(256, (96, 65_535), (8, 4), (12, 4)))));

        collector.Take(Ipfix(Noon, 0, 7, new ExportWriter().Set(256, new ExportWriter().U8(200).Address("10.0.0.1", "10.0.0.2")).Set(257, Record(9))));

        Assert.Equal(9, collector.Flow().ForwardPackets);
        Assert.Equal(["Byte 20: a record is longer than its set."], collector.Reasons);
    }

    [Theory]
    [InlineData(150, 4, 151, 4, Noon - 9, Noon - 7, 2.0, -9.0)]
    [InlineData(152, 8, 153, 8, (Noon * 1000) - 1500, (Noon * 1000) - 250, 1.25, -1.5)]
    [InlineData(158, 4, 159, 4, 2_500_000, 500_000, 2.0, -2.5)]
    [InlineData(156, 8, 157, 8, ((Noon + 2_208_988_800) << 32) + (1L << 31), ((Noon + 2_208_988_801) << 32) + (1L << 30), 0.75, 0.5)]
    // Uptimes without the time when the exporter started: the flow ended when it was told.
    [InlineData(22, 4, 21, 4, 5_000, 8_000, 3.0, -3.0)]
    // A start and a duration, an end and a duration.
    [InlineData(150, 4, 161, 4, Noon - 9, 1_500, 1.5, -9.0)]
    [InlineData(151, 4, 161, 4, Noon - 9, 1_500, 1.5, -10.5)]
    public void Times_are_read_in_all_their_forms(int first, int firstLength, int second, int secondLength, long a, long b, double duration, double start)
    {
        using var collector = new Collector();
        var record = new ExportWriter().Address("10.0.0.1", "10.0.0.2");
        _ = firstLength == 4 ? record.U32(a) : record.U64(a);
        _ = secondLength == 4 ? record.U32(b) : record.U64(b);

        collector.Take(Ipfix(Noon, 0, 7, new ExportWriter().Set(2, Template(256, (8, 4), (12, 4), (first, firstLength), (second, secondLength))).Set(256, record)));

        Assert.Equal(TimeSpan.FromSeconds(duration), collector.Flow().Duration);
        Assert.Equal(DateTime.UnixEpoch.AddSeconds(Noon + start), collector.Flow().Start);
    }

    [Fact]
    public void Uptimes_count_from_the_start_that_the_options_give()
    {
        using var collector = new Collector();

        collector.Take(Ipfix(Noon, 0, 7, new ExportWriter()
            .Set(3, new ExportWriter().U16(300, 2, 1, 149, 4, 160, 8)).Set(300, new ExportWriter().U32(7).U64((Noon - 100) * 1000))
            .Set(2, Template(256, (8, 4), (12, 4), (22, 4), (21, 4))).Set(256, new ExportWriter().Address("10.0.0.1", "10.0.0.2").U32(60_000, 61_000))));

        Assert.Equal((DateTime.UnixEpoch.AddSeconds(Noon - 40), TimeSpan.FromSeconds(1)), (collector.Flow().Start, collector.Flow().Duration));
    }

    [Fact]
    public void An_uptime_that_has_overflowed_since_the_start_is_from_before_the_export()
    {
        const uint SixtyDaysLessForty = unchecked((uint)((60L * 86_400_000) - 40_000));
        using var collector = new Collector();

        collector.Take(Ipfix(Noon, 0, 7, new ExportWriter()
            .Set(3, new ExportWriter().U16(300, 2, 1, 149, 4, 160, 8)).Set(300, new ExportWriter().U32(7).U64((Noon - (60 * 86_400)) * 1000))
            .Set(2, Template(256, (8, 4), (12, 4), (22, 4), (21, 4)))
            .Set(256, new ExportWriter().Address("10.0.0.1", "10.0.0.2").U32(SixtyDaysLessForty, SixtyDaysLessForty + 1_000))));

        Assert.Equal((DateTime.UnixEpoch.AddSeconds(Noon - 40), TimeSpan.FromSeconds(1)), (collector.Flow().Start, collector.Flow().Duration));
    }

    [Fact]
    public void A_time_that_cannot_be_and_a_count_beyond_reason_refuse_the_record()
    {
        using var collector = new Collector();

        collector.Take(Ipfix(Noon, 0, 7, new ExportWriter().Set(2, Template(256, (8, 4), (12, 4), (152, 8), (1, 8))).Set(256, new ExportWriter()
            .Address("10.0.0.1", "10.0.0.2").U64(long.MaxValue, 1)
            .Address("10.0.0.1", "10.0.0.2").U64(Noon * 1000, (1L << 53) + 1)
            .Address("10.0.0.1", "10.0.0.2").U64(Noon * 1000, 1L << 53))));

        Assert.Equal(1L << 53, collector.Flow().ForwardBytes);
        Assert.Equal((3L, 2L, 1L), (collector.Exporter.Records, collector.Exporter.Rejected, collector.Exporter.Flows));
        Assert.StartsWith("Byte 44: a count is above 2^53", collector.Reasons[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Reverse_elements_make_one_flow_of_both_directions()
    {
        using var collector = new Collector();
        var template = new ExportWriter().U16(256, 8).U16(8, 4, 12, 4, 7, 2, 11, 2, 4, 1, 2, 4).U16(0x8002, 4).U32(29_305).U16(239, 1);

        collector.Take(Ipfix(Noon, 0, 7, new ExportWriter().Set(2, template).Set(256, new ExportWriter()
            .Address("10.0.0.1", "10.0.0.2").U16(4000, 80).U8(6).U32(5, 6).U8(1)
            // The one from a port of servers is not taken for the originator, unless the exporter says so; nor is one that sent nothing.
            .Address("10.0.0.2", "10.0.0.1").U16(80, 4001).U8(6).U32(5, 6).U8(0)
            .Address("10.0.0.2", "10.0.0.1").U16(80, 4002).U8(6).U32(5, 6).U8(1)
            .Address("10.0.0.2", "10.0.0.1").U16(9000, 4003).U8(6).U32(0, 6).U8(0)
            .Address("10.0.0.2", "10.0.0.1").U16(9000, 4004).U8(6).U32(5, 6).U8(2))));

        Assert.Equal([4000, 4001, 80, 4003, 4004], collector.Flows.Select(flow => flow.SourcePort!.Value));
        Assert.Equal([5L, 6, 5, 6, 6], collector.Flows.Select(flow => flow.ForwardPackets!.Value));
        Assert.Equal([6L, 5, 6, 0, 5], collector.Flows.Select(flow => flow.ReversePackets!.Value));
    }

    // Sampler 3 takes one of 100, interface 9 one of 10, all else one of 1000; the last two say it as taken and skipped, and as a probability.
    [Fact]
    public void Options_tell_the_sampling_of_samplers_interfaces_and_the_rest()
    {
        using var collector = new Collector();
        collector.Take(V9(Noon, 0, 0, 7, new ExportWriter()
            .Set(1, new ExportWriter().U16(300, 4, 8, 1, 4, 48, 1, 50, 4)).Set(300, new ExportWriter().U32(0).U8(3).U32(100))
            .Set(1, new ExportWriter().U16(301, 4, 8, 2, 4, 305, 4, 306, 4)).Set(301, new ExportWriter().U32(9, 2, 18))
            .Set(1, new ExportWriter().U16(302, 4, 4, 1, 4, 311, 8)).Set(302, new ExportWriter().U32(0).U64(BitConverter.DoubleToInt64Bits(0.001)))));

        collector.Take(V9(Noon, 0, 1, 7, new ExportWriter().Set(0, Template(256, (8, 4), (12, 4), (2, 4), (48, 1), (10, 2))).Set(256, new ExportWriter()
            .Address("10.0.0.1", "10.0.0.2").U32(1).U8(3).U16(9)
            .Address("10.0.0.1", "10.0.0.2").U32(1).U8(0).U16(9)
            .Address("10.0.0.1", "10.0.0.2").U32(1).U8(0).U16(8))));

        Assert.Equal([100L, 10, 1000], collector.Flows.Select(flow => flow.ForwardPackets!.Value));
        Assert.Equal([100, 10, 1000], collector.Flows.Select(flow => flow.SamplingInterval));
        Assert.Equal((3L, 3L), (collector.Exporter.OptionsRecords, collector.Exporter.Records));
    }

    [Fact]
    public void Lost_packets_and_records_are_counted()
    {
        using var collector = new Collector();
        collector.Take(Definition()).Take(Data(1, sequence: 0)).Take(Data(2, sequence: 1)).Take(Data(3, sequence: 7));
        Assert.Equal(5, collector.Exporter.MissedRecords);

        var v9 = new ExportWriter().Set(0, Template(256, Basic));
        collector.Take(V9(Noon, 0, 10, 1, v9)).Take(V9(Noon, 0, 11, 1, v9)).Take(V9(Noon, 0, 14, 1, v9));
        Assert.Equal(2, collector.Exporter.MissedPackets);
    }

    [Fact]
    public void A_packet_in_place_of_addresses_is_looked_into()
    {
        using var collector = new Collector();
        byte[] packet = [0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0x04, 0, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0x02, 0, 0, 0, 0, 0, 0];

        collector.Take(Ipfix(Noon, 0, 7, new ExportWriter().Set(2, Template(256, (313, 65_535))).Set(256, new ExportWriter().U8(packet.Length).Bytes(packet))));

        var flow = collector.Flow();
        Assert.Equal((1024, 80, (byte)6, (byte?)2, 40L, 1L), (flow.SourcePort, flow.DestinationPort, flow.Protocol, flow.TcpFlags, flow.ForwardBytes, flow.ForwardPackets));
    }

    [Fact]
    public void Templates_and_sampling_survive_in_a_copy_that_is_whole()
    {
        using var first = new Collector();
        first.Take(Definition()).Take(V9(Noon, 0, 0, 7, new ExportWriter()
            .Set(0, Template(256, (8, 4), (12, 4), (2, 4)))
            .Set(1, new ExportWriter().U16(300, 4, 4, 1, 4, 34, 4)).Set(300, new ExportWriter().U32(0, 50))));
        var saved = first.Decoder.SaveTemplates();

        using var second = new Collector();
        Assert.Equal(3, second.Decoder.RestoreTemplates(saved));
        second.Take(Data(4)).Take(V9(Noon, 0, 1, 7, new ExportWriter().Set(256, new ExportWriter().Address("10.0.0.1", "10.0.0.2").U32(2))));
        Assert.Equal([4L, 100], second.Flows.Select(flow => flow.ForwardPackets!.Value));

        using var third = new Collector();
        for (var i = 0; i < saved.Length; i++)
        {
            Assert.Equal(0, third.Decoder.RestoreTemplates(saved.AsSpan(0, i)));
            saved[i] ^= 1;
            Assert.Equal(0, third.Decoder.RestoreTemplates(saved));
            saved[i] ^= 1;
        }
    }

    [Fact]
    public void Reading_allocates_nothing_once_templates_are_known()
    {
        using var collector = new Collector(new NetFlowDecoderOptions { PairingRecords = 64 });
        byte[][] datagrams = [Definition(), Data(1), Data(2), V5(Noon, 0, 0, 0, V5Record("10.0.0.1", "10.0.0.2", 1, 2, 17, 3, 180, 0, 0))];
        long allocated = 0;
        for (var round = 0; round < 200; round++)
        {
            collector.Target.Batch.Clear();
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var datagram in datagrams)
            {
                collector.Take(datagram);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    private static byte[] Definition(int id = 256) => Ipfix(Noon, 0, 7, new ExportWriter().Set(2, Template(id, Basic)));

    private static byte[] Data(int packets, int domain = 7, int sequence = 0) => Ipfix(Noon, sequence, domain, new ExportWriter().Set(256, Record(packets)));

    private static ExportWriter Record(int packets) => new ExportWriter().Address("10.0.0.1", "10.0.0.2").U16(1000, 53).U8(17).U32(packets, 100);
}
