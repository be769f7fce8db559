using AnomalyApi.Flows.Formats.NetFlow;
using AnomalyApi.Testing;
using static AnomalyApi.Testing.ExportWriter;

namespace AnomalyApi.Flows.Tests.Formats.NetFlow;

/// <summary>The two directions of a flow, which exporters tell apart.</summary>
public class PairingTests
{
    private const long Noon = 1_717_243_200;
    private const string Client = "10.0.0.1";
    private const string Server = "10.0.0.2";

    [Fact]
    public void Who_sent_first_is_the_originator()
    {
        using var collector = Paired();

        collector.Take(Datagram(
            V5Record(Server, Client, 80, 4000, 6, 7, 900, 1_020, 3_000, 0x1B), V5Record(Client, Server, 4000, 80, 6, 5, 300, 1_000, 2_900, 0x1F)));

        var flow = collector.Flow();
        Assert.Equal((Client, 4000, Server, 80), (flow.Source.ToString(), flow.SourcePort, flow.Destination.ToString(), flow.DestinationPort));
        Assert.Equal((5L, 300L, 7L, 900L), (flow.ForwardPackets, flow.ForwardBytes, flow.ReversePackets, flow.ReverseBytes));
        Assert.Equal((TimeSpan.FromSeconds(2), (byte)0x1F), (flow.Duration, flow.TcpFlags));
        Assert.Equal(ConnectionState.SF, flow.State);
        Assert.Equal((2L, 1L, 1L), (collector.Exporter.Records, collector.Exporter.Flows, collector.Exporter.Paired));
    }

    [Theory]
    // Who opened the connection; else who speaks from the higher port.
    [InlineData(4000, 80, 0x14, 0x02, false)]
    [InlineData(80, 4000, 0x02, 0x14, true)]
    [InlineData(4000, 80, 0x1B, 0x1B, true)]
    [InlineData(80, 4000, 0x1B, 0x1B, false)]
    public void When_both_began_at_once_flags_and_ports_tell(int sourcePort, int destinationPort, int flags, int flagsBack, bool isFirst)
    {
        using var collector = Paired();

        collector.Take(Datagram(
            V5Record(Client, Server, sourcePort, destinationPort, 6, 1, 40, 0, 0, flags), V5Record(Server, Client, destinationPort, sourcePort, 6, 1, 40, 0, 0, flagsBack)));

        Assert.Equal(isFirst ? Client : Server, collector.Flow().Source.ToString());
    }

    [Fact]
    public void A_request_of_ICMP_pairs_with_its_answer_and_an_error_with_nothing()
    {
        using var collector = Paired();

        collector.Take(Datagram(V5Record(Server, Client, 0, 0, 1, 2, 168, 0, 0), V5Record(Client, Server, 0, 8 << 8, 1, 3, 252, 0, 0)));
        Assert.Equal((Client, 8, 0, 3L, 2L), (collector.Flow().Source.ToString(), collector.Flow().SourcePort, collector.Flow().DestinationPort, collector.Flow().ForwardPackets, collector.Flow().ReversePackets));

        collector.Take(Datagram(V5Record(Server, Client, 0, 3 << 8, 1, 1, 56, 0, 0)));
        Assert.Equal(2, collector.Flows.Count);
    }

    [Fact]
    public void A_record_waits_for_its_window_and_no_longer()
    {
        using var collector = Paired();
        var one = V5Record(Client, Server, 4000, 80, 6, 5, 300, 1_000, 2_000);

        collector.Take(Datagram(one), 0);
        collector.Decoder.Advance(10 * Collector.Second, collector.Target);
        Assert.Empty(collector.Flows);
        Assert.Equal(1, collector.Decoder.Statistics().Waiting);
        collector.Decoder.Advance((10 * Collector.Second) + 1, collector.Target);

        Assert.Null(collector.Flow().ReversePackets);
        Assert.Equal(ConnectionState.Unknown, collector.Flow().State);
        collector.Take(Datagram(V5Record(Server, Client, 80, 4000, 6, 5, 300, 1_000, 2_000)), 11 * Collector.Second);
        Assert.Equal(0, collector.Exporter.Paired);
    }

    [Fact]
    public void Records_far_apart_in_time_are_two_flows()
    {
        using var collector = Paired();

        collector.Take(Datagram(V5Record(Client, Server, 4000, 80, 6, 5, 300, 0, 1_000), V5Record(Server, Client, 80, 4000, 6, 5, 300, 12_000, 13_000)));
        collector.Decoder.Flush(collector.Target);

        Assert.Equal(2, collector.Flows.Count);
    }

    [Fact]
    public void The_room_to_wait_is_bounded_and_the_oldest_leaves_first()
    {
        using var collector = Paired(16);

        for (var port = 1; port <= 20; port++)
        {
            collector.Take(Datagram(V5Record(Client, Server, port, 80, 6, 5, 300, 0, 0)));
        }

        Assert.Equal([1, 2, 3, 4], collector.Flows.Select(flow => flow.SourcePort!.Value));
        Assert.Equal(16, collector.Decoder.Statistics().Waiting);
        collector.Decoder.Flush(collector.Target);
        Assert.Equal(Enumerable.Range(1, 20), collector.Flows.Select(flow => flow.SourcePort!.Value));
    }

    [Fact]
    public void Slices_of_a_long_flow_pair_in_their_order()
    {
        using var collector = Paired();

        collector.Take(Datagram(
            V5Record(Client, Server, 4000, 80, 6, 1, 100, 0, 5_000), V5Record(Client, Server, 4000, 80, 6, 2, 100, 5_000, 10_000),
            V5Record(Server, Client, 80, 4000, 6, 10, 100, 0, 5_000), V5Record(Server, Client, 80, 4000, 6, 20, 100, 5_000, 10_000)));

        Assert.Equal([(1L, 10L), (2L, 20L)], collector.Flows.Select(flow => (flow.ForwardPackets!.Value, flow.ReversePackets!.Value)));
    }

    [Fact]
    public void An_exporter_that_shows_answers_and_shows_none_says_that_there_was_none()
    {
        using var collector = Paired();
        collector.Take(Datagram(V5Record(Client, Server, 4000, 80, 6, 1, 100, 0, 0, 2), V5Record(Server, Client, 80, 4000, 6, 1, 100, 0, 0, 0x14)));

        collector.Take(Datagram(V5Record(Client, Server, 4001, 81, 6, 1, 100, 0, 0, 2)));
        collector.Decoder.Flush(collector.Target);

        Assert.Equal([ConnectionState.Rej, ConnectionState.S0], collector.Flows.Select(flow => flow.State));
        Assert.Equal(0, collector.Flows[1].ReversePackets);
    }

    [Fact]
    public void What_goes_to_many_does_not_wait()
    {
        using var collector = Paired();

        collector.Take(Datagram(V5Record(Client, "239.1.2.3", 4000, 80, 17, 1, 100, 0, 0), V5Record(Client, "255.255.255.255", 68, 67, 17, 1, 100, 0, 0)));

        Assert.Equal(2, collector.Flows.Count);
    }

    // Flags of the originator and of the responder, and Zeek's word for it.
    [Theory]
    [InlineData(0x02, 0x00, ConnectionState.Unknown, 5)]
    [InlineData(0x02, 0x10, ConnectionState.Oth, 5)]
    [InlineData(0x02, 0x14, ConnectionState.Rej, 5)]
    [InlineData(0x12, 0x12, ConnectionState.S1, 5)]
    [InlineData(0x13, 0x13, ConnectionState.SF, 5)]
    [InlineData(0x13, 0x12, ConnectionState.S2, 5)]
    [InlineData(0x12, 0x13, ConnectionState.S3, 5)]
    [InlineData(0x16, 0x12, ConnectionState.Rsto, 5)]
    [InlineData(0x12, 0x16, ConnectionState.Rstr, 5)]
    [InlineData(0x10, 0x16, ConnectionState.Rstrh, 5)]
    [InlineData(0x10, 0x13, ConnectionState.Shr, 5)]
    [InlineData(0x10, 0x10, ConnectionState.Oth, 5)]
    [InlineData(0x02, 0x00, ConnectionState.S0, 0)]
    [InlineData(0x06, 0x00, ConnectionState.Rstos0, 0)]
    [InlineData(0x03, 0x00, ConnectionState.SH, 0)]
    [InlineData(0x00, 0x00, ConnectionState.Unknown, 5)]
    public void The_flags_of_both_sides_tell_how_a_connection_went(int flags, int flagsBack, ConnectionState state, int packetsBack)
    {
        var flow = new ExportedFlow { Protocol = IpProtocols.Tcp, ForwardPackets = 3, ReversePackets = packetsBack, ForwardFlags = (short)flags, ReverseFlags = (short)flagsBack };

        Assert.Equal(state, FlowStates.Of(flow));
    }

    private static Collector Paired(int records = 1024) => new(new NetFlowDecoderOptions { PairingRecords = records });

    private static byte[] Datagram(params ReadOnlySpan<ExportWriter> records) => V5(Noon, 100_000, 0, 0, records);
}
