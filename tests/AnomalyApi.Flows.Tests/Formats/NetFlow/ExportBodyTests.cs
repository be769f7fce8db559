using AnomalyApi.Flows.Formats;
using AnomalyApi.Testing;
using static AnomalyApi.Testing.ExportWriter;

namespace AnomalyApi.Flows.Tests.Formats.NetFlow;

/// <summary>Bodies of datagrams one behind the other, and captures of them.</summary>
public class ExportBodyTests
{
    private const string MediaType = "application/x-netflow";
    private const long Noon = 1_717_243_200;

    private static readonly byte[] Fixed = V5(Noon, 100_000, 0, 0, V5Record("10.0.0.1", "10.0.0.2", 1, 2, 17, 3, 180, 0, 0));
    private static readonly byte[] Templated = V9(Noon, 0, 0, 7, new ExportWriter()
        .Set(0, Template(256, (8, 4), (12, 4))).Set(256, new ExportWriter().Address("10.0.0.3", "10.0.0.4")));

    private static readonly byte[] Message = Ipfix(Noon, 0, 7, new ExportWriter()
        .Set(2, Template(256, (8, 4), (12, 4))).Set(256, new ExportWriter().Address("10.0.0.5", "10.0.0.6")));

    private static readonly byte[] Sampled = SFlow("192.0.2.9", 1, 1000, (1, new ExportWriter().U32(1, 2, 1, 100, 0, 1, 2, 1, 3, 32)
        .U32(100, 6).Address("10.0.0.7", "10.0.0.8").U32(4000, 443, 0x12, 0)));

    [Fact]
    public async Task A_fault_in_a_simple_packet_of_a_capture_is_told_with_its_byte()
    {
        byte[] damaged = [.. Fixed];
        damaged[3] = 2;
        byte[] Frame(byte[] datagram) => Frames.Ethernet(Frames.IPv4("10.0.0.9", "10.0.0.10", 17, Frames.Udp(4000, 2055, datagram)));
        byte[] body = [
            .. CaptureMaker.Section(), .. CaptureMaker.Interface(), .. CaptureMaker.EnhancedPacket(Noon * 1_000_000, Frame(Fixed)),
            .. CaptureMaker.SimplePacket(Frame(damaged))];
        var target = await FlowBodies.ReadAsync(MediaType, body);
        using var batch = target.Batch;

        Assert.StartsWith($"Byte {body.AsSpan().LastIndexOf(damaged)}: ", Assert.Single(target.Rejections).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Protocols_may_stand_in_any_order()
    {
        byte[][] all = [Fixed, Templated, Message, Sampled];
        foreach (var order in (int[][])[[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [1, 0, 1, 2], [2, 1, 3, 1], [1, 1, 1, 1]])
        {
            var target = await FlowBodies.ReadAsync(MediaType, [.. order.SelectMany(i => all[i])]);
            using var batch = target.Batch;
            Assert.Empty(target.Rejections);
            Assert.Equal(order.Length, batch.Count);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(70_000)]
    [InlineData(500_000)]
    public async Task What_is_no_datagram_is_passed_over_with_one_rejection(int length)
    {
        var noise = new byte[length];
        new Random(5).NextBytes(noise);
        noise[0] = 0x7F;

        foreach (var datagram in (byte[][])[Fixed, Templated, Message, Sampled])
        {
            var target = await FlowBodies.ReadAsync(MediaType, [.. Fixed, .. noise, .. datagram, .. Fixed]);
            using var batch = target.Batch;
            Assert.Equal(3, batch.Count);
            Assert.Equal([$"Byte {Fixed.Length}: no header of a datagram; the next {length} bytes were passed over."], target.Rejections.Select(rejection => rejection.Reason));
        }
    }

    [Fact]
    public async Task Damage_at_the_end_is_one_rejection_and_nothing_else_refuses_the_body()
    {
        var target = await FlowBodies.ReadAsync(MediaType, [.. Fixed, .. "and so on"u8]);
        Assert.Equal((1, 1), (target.Batch.Count, target.RejectedCount));
        target.Batch.Dispose();

        await Assert.ThrowsAsync<FlowFormatException>(() => FlowBodies.ReadAsync(MediaType, "nothing of the kind, and quite long"u8.ToArray()));
    }

    [Fact]
    public void Heads_of_datagrams_are_recognised_and_others_are_not()
    {
        foreach (var datagram in (byte[][])[Fixed, Templated, Message, Sampled])
        {
            Assert.Equal("netflow", FlowFormatCatalog.Recognize(datagram)?.Name);
        }

        Assert.Null(FlowFormatCatalog.Recognize([0, 5, 0, 0]));
        Assert.Null(FlowFormatCatalog.Recognize(new byte[100]));
    }

    // Records are counted by tshark 4.0 in the same files (mergecap -a -w all.pcap FILES; tshark -d udp.port==PORT,cflow), but for the two that say
    // otherwise; flows are fewer where two records are the directions of one.
    [Trait("Data", "Shared")]
    [Theory]
    [InlineData("template data", 4, 4, 0)]
    // tshark does not read the set in front of the template: of the file twice over it reads 10 + 21 records.
    [InlineData("data+templates", 21, 20, 0)]
    [InlineData("datalink-template datalink-data", 1, 1, 0)]
    [InlineData("icmp-template icmp-data", 4, 2, 0)]
    [InlineData("options-template options-data template data", 4, 4, 0)]
    [InlineData("samplingrate-template samplingrate-data", 6, 6, 0)]
    [InlineData("nfv5", 29, 29, 0)]
    // Templates and options only.
    [InlineData("ndpi-netflow-fritz", 0, 0, 0)]
    // Data only: tshark reads none of it and finds 23 sets.
    [InlineData("ndpi-netflowv9", 0, 0, 23)]
    [InlineData("data", 0, 0, 1)]
    // Not an export.
    [InlineData("suricata-netflow_compress_ipv6", 0, 0, 0)]
    public async Task A_capture_of_NetFlow_is_read(string files, int records, int flows, int rejected)
    {
        byte[] all = [];
        foreach (var file in files.Split(' '))
        {
            var capture = ExportFiles.Read("pcap-netflow", file + ".pcap");
            all = [.. all, .. all.Length == 0 ? capture : capture[24..]];
        }

        var target = await FlowBodies.ReadAsync(MediaType, all);
        using var batch = target.Batch;
        Assert.Equal((flows, rejected), (batch.Count, target.RejectedCount));
        Assert.Equal(records - flows, batch.ReversePackets.ToArray().Count(packets => packets > 0));
        Assert.All(batch.Sensor.ToArray(), Assert.NotNull);
    }

    // Samples by kind as tshark 4.0 shows them (-T fields -e sflow_245.sampletype): 1 and 3 are flows, 2 counters.
    [Trait("Data", "Shared")]
    [Theory]
    [InlineData("data-1140", 5, 0)]
    [InlineData("data-discard-interface", 1, 0)]
    [InlineData("data-encap-vxlan", 1, 0)]
    [InlineData("data-icmpv4", 1, 0)]
    [InlineData("data-icmpv6", 1, 0)]
    [InlineData("data-local-interface", 1, 0)]
    [InlineData("data-multiple-interfaces", 1, 0)]
    [InlineData("data-qinq", 1, 0)]
    [InlineData("data-sflow-expanded-sample", 1, 0)]
    [InlineData("data-sflow-ipv4-data", 1, 0)]
    [InlineData("data-sflow-raw-ipv4", 2, 0)]
    [InlineData("ndpi-sflow", 1, 8)]
    public async Task A_capture_of_sFlow_is_read(string file, int samples, int counters)
    {
        var target = await FlowBodies.ReadAsync(MediaType, ExportFiles.Read("pcap-sflow", file + ".pcap"));
        using var batch = target.Batch;
        Assert.Equal((samples, 0), (batch.Count, target.RejectedCount));
        Assert.Equal(counters, target.Skipped.GetValueOrDefault("counter samples"));
    }
}
