using System.Buffers;
using System.IO.Pipelines;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Flows.Formats.PacketCapture;
using AnomalyApi.Testing;
using static AnomalyApi.Testing.Frames;

namespace AnomalyApi.Flows.Tests.Formats.PacketCapture;

/// <summary>How packets are joined to flows. Packets are given as seconds behind the start, and a frame.</summary>
public class PacketFlowTests
{
    private const long Start = 1_714_521_600_000_000;
    private const string Client = "10.0.0.5";
    private const string Server = "192.0.2.80";

    [Fact]
    public async Task A_connection_is_one_flow_counted_both_ways_by_IP_lengths()
    {
        var frames = Connection(Client, Server, 50_000, 80, new byte[100], new byte[1000]).ToArray();
        var flow = Assert.Single(await FlowsAsync(frames.Select((frame, i) => (i * 0.5, frame))));

        Assert.Equal((IpAddressValue.Parse(Client), IpAddressValue.Parse(Server), 50_000, 80), (flow.Source, flow.Destination, flow.SourcePort, flow.DestinationPort));
        Assert.Equal((5L, 3L), (flow.ForwardPackets, flow.ReversePackets));
        Assert.Equal((5 * 40) + 100, flow.ForwardBytes);
        Assert.Equal((3 * 40) + 1000, flow.ReverseBytes);
        Assert.Equal(TimeSpan.FromSeconds(3.5), flow.Duration);
        Assert.Equal(FlowTime.FromMicroseconds(Start), flow.Start);
        Assert.Equal(ConnectionState.SF, flow.State);
        Assert.Equal((byte)(TcpFlagLetters.Syn | TcpFlagLetters.Fin | TcpFlagLetters.Ack | TcpFlagLetters.Psh), flow.TcpFlags);
    }

    [Fact]
    public async Task A_SYN_behind_the_end_begins_another_flow()
    {
        var once = Connection(Client, Server, 50_000, 80, [1], [2]).ToArray();
        var flows = await FlowsAsync([.. once.Concat(once).Select((frame, i) => (i * 0.01, frame))]);

        Assert.Equal([(5L, ConnectionState.SF), (5L, ConnectionState.SF)], flows.Select(flow => (flow.ForwardPackets!.Value, flow.State)));
    }

    [Fact]
    public async Task A_late_packet_belongs_to_the_connection_that_has_just_ended()
    {
        var once = Connection(Client, Server, 50_000, 80, [1], [2]).ToArray();
        byte[] late = Ethernet(IPv4(Server, Client, 6, Tcp(80, 50_000, "R")));

        Assert.Single(await FlowsAsync([.. once.Select(frame => (0.0, frame)), (4, late)]));
        Assert.Equal(2, (await FlowsAsync([.. once.Select(frame => (0.0, frame)), (6, late)])).Count);
    }

    [Theory]
    [InlineData(17, 59, 1)]
    [InlineData(17, 61, 2)]
    [InlineData(6, 59, 1)]
    [InlineData(6, 61, 2)]
    public async Task Silence_ends_a_flow(int protocol, int seconds, int flows)
    {
        byte[] Frame() => Ethernet(IPv4(Client, Server, protocol, protocol == 17 ? Udp(1000, 2000) : Tcp(1000, 2000, "S")));

        Assert.Equal(flows, (await FlowsAsync([(0, Frame()), (seconds, Frame())])).Count);
    }

    [Fact]
    public async Task An_open_connection_may_be_silent_for_longer()
    {
        var open = Connection(Client, Server, 50_000, 80, [1], [2]).Take(3).ToArray();
        byte[] more = Ethernet(IPv4(Client, Server, 6, Tcp(50_000, 80, "PA", 101, 501, [1])));

        Assert.Single(await FlowsAsync([(0, open[0]), (0, open[1]), (0, open[2]), (299, more)]));
        Assert.Equal(2, (await FlowsAsync([(0, open[0]), (0, open[1]), (0, open[2]), (301, more)])).Count);
    }

    [Fact]
    public async Task A_long_flow_is_reported_in_pieces_that_know_of_each_other()
    {
        var frames = Connection(Client, Server, 50_000, 80, "GET / HTTP/1.1\r\n"u8.ToArray(), [2]).ToArray();
        byte[] more = Ethernet(IPv4(Client, Server, 6, Tcp(50_000, 80, "A", 117, 502)));
        var packets = frames.Take(4).Select(frame => (0.0, frame)).ToList();
        for (var second = 200; second <= 3800; second += 200)
        {
            packets.Add((second, more));
        }

        packets.AddRange(frames.Skip(5).Select(frame => (3900.0, frame)));
        var flows = await FlowsAsync(packets);

        Assert.Equal([ConnectionState.S1, ConnectionState.SF], flows.Select(flow => flow.State));
        Assert.Equal([TimeSpan.FromSeconds(3400), TimeSpan.FromSeconds(300)], flows.Select(flow => flow.Duration!.Value));
        Assert.Equal(packets.Count, flows.Sum(flow => flow.ForwardPackets + flow.ReversePackets));
        Assert.All(flows, flow => Assert.Equal("http", flow.Service));
    }

    [Fact]
    public async Task With_too_many_open_flows_the_longest_silent_ends_early_and_is_counted()
    {
        var batch = FlowBatch.Rent();
        var target = new FlowReadTarget(batch);
        var packets = Enumerable.Range(0, 10_000).Select(i => (Start + i, Ethernet(IPv4(Client, Server, 17, Udp(30_000 + i, 5000)))));
        await new PacketCaptureFormat(new PacketFlowOptions { MaxOpenFlows = 4000 })
            .ReadAsync(PipeReader.Create(new ReadOnlySequence<byte>(CaptureMaker.Pcap(packets))), target, CancellationToken.None);

        Assert.Equal(10_000, batch.Count);
        Assert.Equal(6000, target.Skipped["flow ended early"]);
        Assert.Equal(Enumerable.Range(30_000, 10_000), batch.SourcePort.ToArray());
        Assert.Equal(Enumerable.Range(1, 10_000), batch.Line.ToArray());
    }

    [Fact]
    public async Task Closed_connections_are_given_up_before_open_ones()
    {
        var batch = FlowBatch.Rent();
        var target = new FlowReadTarget(batch);
        List<(long, byte[])> packets = [(Start, Ethernet(IPv4(Client, Server, 17, Udp(1, 5000))))];
        packets.AddRange(Connection(Client, Server, 2, 80, [1], [2]).Select(frame => (Start, frame)));
        packets.Add((Start, Ethernet(IPv4(Client, Server, 17, Udp(3, 5000)))));
        await new PacketCaptureFormat(new PacketFlowOptions { MaxOpenFlows = 2 })
            .ReadAsync(PipeReader.Create(new ReadOnlySequence<byte>(CaptureMaker.Pcap(packets))), target, CancellationToken.None);

        Assert.Equal([2, 1, 3], batch.SourcePort.ToArray());
    }

    [Fact]
    public async Task Kinds_of_ICMP_between_two_hosts_cost_no_more_than_ports()
    {
        var ports = await TimeOf(i => Ethernet(IPv4(Client, Server, 17, Udp(20_000 + i, 5000))));
        var kinds = await TimeOf(i => Ethernet(IPv4(Client, Server, 1, Icmp(40 + (i >> 8), i & 255))));

        Assert.True(kinds < (10 * ports) + TimeSpan.FromMilliseconds(100), $"{kinds} for kinds of ICMP, {ports} for ports.");

        static async Task<TimeSpan> TimeOf(Func<int, byte[]> frame)
        {
            var body = CaptureMaker.Pcap(Enumerable.Range(0, 60_000).Select(i => (Start, frame(i % 20_000))));
            using var batch = FlowBatch.Rent();
            var watch = System.Diagnostics.Stopwatch.StartNew();
            await new PacketCaptureFormat().ReadAsync(PipeReader.Create(new ReadOnlySequence<byte>(body)), new FlowReadTarget(batch), CancellationToken.None);
            Assert.Equal(20_000, batch.Count);
            return watch.Elapsed;
        }
    }

    [Fact]
    public async Task Fragments_belong_to_the_flow_of_their_first()
    {
        byte[] first = Ethernet(IPv4(Client, Server, 17, Udp(1000, 5000, new byte[8]), fragment: 0x2000, id: 9));
        byte[] second = Ethernet(IPv4(Client, Server, 17, new byte[16], fragment: 0x2002, id: 9));
        byte[] last = Ethernet(IPv4(Client, Server, 17, new byte[4], fragment: 4, id: 9));
        byte[] ofAnother = Ethernet(IPv4(Client, Server, 17, new byte[4], fragment: 4, id: 10));
        var flows = await FlowsAsync([(0, first), (0.1, second), (0.2, last), (0.3, ofAnother)]);

        Assert.Equal(2, flows.Count);
        Assert.Equal((1000, 3L, 36L + 36 + 24), (flows[0].SourcePort, flows[0].ForwardPackets!.Value, flows[0].ForwardBytes!.Value));
        Assert.Equal((null, 1L), (flows[1].SourcePort, flows[1].ForwardPackets!.Value));
        Assert.Null(flows[1].CommunityId);
    }

    [Fact]
    public async Task Fragments_of_a_tunnel_are_counted_with_what_it_carries()
    {
        var inner = IPv4(Client, Server, 17, Udp(1000, 5000, new byte[100]));
        byte[] first = Ethernet(IPv4("198.51.100.1", "198.51.100.2", 47, Gre(0x0800, inner)[..64], fragment: 0x2000, id: 9));
        byte[] last = Ethernet(IPv4("198.51.100.1", "198.51.100.2", 47, Gre(0x0800, inner)[64..], fragment: 8, id: 9));
        var target = await ReadAsync([(0, first), (0, last)]);

        Assert.Equal(128, Assert.Single(target.Batch.ForwardBytes.ToArray()));
        Assert.Equal(1, target.Skipped["tunnel-fragment"]);
    }

    [Theory]
    [InlineData(8, 0)]
    [InlineData(13, 14)]
    [InlineData(17, 18)]
    public async Task An_ICMP_answer_belongs_to_its_question(int question, int answer)
    {
        byte[] asked = Ethernet(IPv4(Client, Server, 1, Icmp(question, 0)));
        byte[] answered = Ethernet(IPv4(Server, Client, 1, Icmp(answer, 0)));

        foreach (var packets in ((double, byte[])[][])[[(0, asked), (0.1, answered)], [(0, answered), (0.1, asked)]])
        {
            var flow = Assert.Single(await FlowsAsync(packets));
            Assert.Equal((IpAddressValue.Parse(Client), question, 0), (flow.Source, flow.SourcePort, flow.DestinationPort));
            Assert.Equal((1L, 1L, ConnectionState.Oth), (flow.ForwardPackets, flow.ReversePackets, flow.State));
        }
    }

    [Fact]
    public async Task Other_ICMP_messages_go_one_way()
    {
        byte[] There() => Ethernet(IPv4(Client, Server, 1, Icmp(3, 3)));
        byte[] back = Ethernet(IPv4(Server, Client, 1, Icmp(3, 3)));
        byte[] code = Ethernet(IPv4(Client, Server, 1, Icmp(3, 1)));
        byte[] unasked = Ethernet(IPv6("fe80::1", "fe80::2", 58, Icmp(136, 0)));
        var flows = await FlowsAsync([(0, There()), (0, back), (0, code), (0, There()), (0, unasked)]);

        Assert.Equal([(2L, 3), (1L, 3), (1L, 1), (1L, 0)], flows.Select(flow => (flow.ForwardPackets!.Value, flow.DestinationPort!.Value)));
        Assert.Equal(IpAddressValue.Parse("fe80::1"), flows[3].Source);
    }

    [Fact]
    public async Task The_originator_is_who_asked_even_if_only_the_answer_was_seen()
    {
        var flows = await FlowsAsync(
        [
            (0, Ethernet(IPv4(Server, Client, 17, Udp(53, 40_000, new byte[20])))),
            (0, Ethernet(IPv4(Server, Client, 6, Tcp(80, 40_000, "SA")))),
            (0, Ethernet(IPv4(Server, Client, 6, Tcp(443, 40_001, "A")))),
            (0, Ethernet(IPv4(Client, Server, 6, Tcp(40_002, 50_002, "A")))),
        ]);
        Assert.All(flows, flow => Assert.Equal(IpAddressValue.Parse(Client), flow.Source));
        Assert.Equal([(40_000, 53), (40_000, 80), (40_001, 443), (40_002, 50_002)], flows.Select(flow => (flow.SourcePort!.Value, flow.DestinationPort!.Value)));
        Assert.Equal((0L, 1L, ConnectionState.Shr), (flows[0].ForwardPackets, flows[0].ReversePackets, flows[0].State));

        // Between ports of services, and to a multicast address, the sender began.
        var kept = await FlowsAsync([(0, Ethernet(IPv4(Server, Client, 17, Udp(53, 53)))), (0, Ethernet(IPv4(Server, "224.0.0.251", 17, Udp(53, 40_000))))]);
        Assert.All(kept, flow => Assert.Equal(IpAddressValue.Parse(Server), flow.Source));
    }

    [Fact]
    public async Task Datagrams_say_by_their_directions_how_it_went()
    {
        byte[] asked = Ethernet(IPv4(Client, Server, 17, Udp(1000, 53)));
        byte[] answered = Ethernet(IPv4(Server, Client, 17, Udp(53, 1000)));

        Assert.Equal(ConnectionState.S0, Assert.Single(await FlowsAsync([(0, asked)])).State);
        Assert.Equal(ConnectionState.SF, Assert.Single(await FlowsAsync([(0, asked), (0, answered)])).State);
    }

    [Fact]
    public async Task Time_may_run_backwards()
    {
        byte[] Frame(int port) => Ethernet(IPv4(Client, Server, 17, Udp(port, 5000)));
        var flows = await FlowsAsync([(5, Frame(1)), (3, Frame(1)), (10_000, Frame(2)), (0, Frame(2)), (1, Frame(2))]);

        Assert.Equal([(1, 2L, 2.0), (2, 1L, 0), (2, 2L, 1)], flows.Select(flow => (flow.SourcePort!.Value, flow.ForwardPackets!.Value, flow.Duration!.Value.TotalSeconds)));
        Assert.Equal(FlowTime.FromMicroseconds(Start + 3_000_000), flows[0].Start);
    }

    [Fact]
    public async Task Time_that_creeps_backwards_makes_no_endless_flow()
    {
        byte[] Frame() => Ethernet(IPv4(Client, Server, 17, Udp(40_001, 5000)));
        var flows = await FlowsAsync(Enumerable.Range(0, 200).Select(i => (10_000 - (i * 50.0), Frame())));

        Assert.Equal(200, flows.Sum(flow => flow.ForwardPackets));
        Assert.All(flows, flow => Assert.InRange(flow.Duration!.Value, TimeSpan.Zero, TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task Frames_that_are_not_read_are_counted_by_their_link_type()
    {
        var target = await FlowBodies.ReadAsync("application/vnd.tcpdump.pcap", CaptureMaker.Pcap([(Start, new byte[60]), (Start, new byte[60])], link: 105));
        using var batch = target.Batch;

        Assert.Equal(0, target.ReceivedCount);
        Assert.Equal(2, target.Skipped["link-type-105"]);
    }

    [Fact]
    public async Task A_flood_of_flows_takes_bounded_memory()
    {
        const int packets = 600_000;
        var frame = Ethernet(IPv4(Client, Server, 6, Tcp(1, 80, "S")));
        var body = CaptureMaker.Pcap([(Start, frame)]);
        await using var flood = new RepeatedRecordStream(body, packets, (record, i) => System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(record.AsSpan(16 + 26), i));
        using var batch = FlowBatch.Rent();
        var most = 0;
        // As the service does with large captures: what has been read is taken out now and then.
        var target = new FlowReadTarget(batch, null, count => most = Math.Max(most, count));
        await new PacketCaptureFormat(new PacketFlowOptions { MaxOpenFlows = 10_000 })
            .ReadAsync(new ClearingPipe(PipeReader.Create(flood), batch), target, CancellationToken.None);

        Assert.Equal(packets - 10_000, target.Skipped["flow ended early"]);
        Assert.InRange(most, 1, 20_000);
    }

    [Fact]
    public async Task Protocols_without_ports_are_flows_of_addresses()
    {
        byte[] esp = Ethernet(IPv4(Client, Server, 50, new byte[40]));
        byte[] back = Ethernet(IPv4(Server, Client, 50, new byte[60]));
        var flow = Assert.Single(await FlowsAsync([(0, esp), (0, back)]));

        Assert.Equal((50, null, null, 60L, 80L), (flow.Protocol, flow.SourcePort, flow.DestinationPort, flow.ForwardBytes, flow.ReverseBytes));
    }

    [Fact]
    public async Task A_packet_allocates_nothing()
    {
        var frames = Enumerable.Range(0, 2000).SelectMany(i => Connection(Client, Server, 20_000 + i, 80, "GET / HTTP/1.1\r\n"u8.ToArray(), new byte[30])).ToArray();
        var body = CaptureMaker.Pcap(frames.Select((frame, i) => (Start + (i * 1000L), frame)));
        using var batch = FlowBatch.Rent(4096);
        for (var round = 0; ; round++)
        {
            batch.Clear();
            var pipe = PipeReader.Create(new ReadOnlySequence<byte>(body));
            var before = GC.GetAllocatedBytesForCurrentThread();
            await new PacketCaptureFormat().ReadAsync(pipe, new FlowReadTarget(batch), CancellationToken.None);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(2000, batch.Count);
            if (round == 2)
            {
                // The readers themselves, whatever the number of packets: here 16,000.
                Assert.InRange(allocated, 0, 16_000);
                break;
            }
        }
    }

    private static async Task<FlowReadTarget> ReadAsync(IEnumerable<(double Seconds, byte[] Frame)> packets) =>
        await FlowBodies.ReadAsync("application/vnd.tcpdump.pcap", CaptureMaker.Pcap(packets.Select(packet => (Start + (long)(packet.Seconds * 1e6), packet.Frame))));

    // In the order of their first packets.
    private static async Task<List<FlowRecord>> FlowsAsync(IEnumerable<(double Seconds, byte[] Frame)> packets)
    {
        var target = await ReadAsync(packets);
        using var batch = target.Batch;
        Assert.Empty(target.Rejections);
        return [.. Enumerable.Range(0, batch.Count).OrderBy(i => target.Batch.Line[i]).Select(batch.Record)];
    }

    // A capture whose one record comes again and again, each time changed a little.
    private sealed class RepeatedRecordStream(byte[] capture, int count, Action<byte[], int> change) : MemoryStream
    {
        private readonly byte[] _record = capture[24..];
        private int _next = -1;
        private int _left = 24;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_left == 0)
            {
                if (++_next == count)
                {
                    return new(0);
                }

                change(_record, _next);
                _left = _record.Length;
            }

            var source = _next < 0 ? capture.AsMemory(24 - _left, _left) : _record.AsMemory(_record.Length - _left);
            var length = Math.Min(buffer.Length, source.Length);
            source[..length].CopyTo(buffer);
            _left -= length;
            return new(length);
        }
    }

    private sealed class ClearingPipe(PipeReader inner, FlowBatch batch) : PipeReader
    {
        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            batch.Clear();
            return await inner.ReadAsync(cancellationToken);
        }

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override bool TryRead(out ReadResult result) => inner.TryRead(out result);
    }
}
