using AnomalyApi.Flows.Formats;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Formats;

public class ArgusBinetflowTests
{
    private const string Argus = "text/x-argus-binetflow";
    private const string Header = "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,TotPkts,TotBytes,SrcBytes,SrcPkts\n";

    [Theory]
    [InlineData("StartTime,Dur,Proto\n", "does not name SrcAddr, DstAddr")]
    [InlineData("StartTime,StartTime,Proto,SrcAddr,DstAddr\n", "names StartTime twice")]
    [InlineData("{}", "does not name StartTime, Proto, SrcAddr, DstAddr")]
    public async Task A_body_without_the_columns_of_Argus_is_refused(string body, string text)
    {
        var refusal = await Assert.ThrowsAsync<FlowFormatException>(() => FlowBodies.ReadAsync(Argus, body));

        Assert.Contains(text, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_come_in_any_order_and_case_and_unknown_ones_are_ignored()
    {
        var target = await FlowBodies.ReadAsync(Argus, "label,DSTADDR,srcaddr,what,proto,starttime\nx,10.0.0.2,10.0.0.1,?,tcp,1713508200.5\n");

        using var batch = target.Batch;
        Assert.Empty(target.Rejections);
        Assert.Equal(("10.0.0.1", "x", 1_713_508_200_500_000), (batch.Source[0].ToString(), batch.Label[0], batch.StartMicroseconds[0]));
        Assert.Equal(-1, batch.ForwardBytes[0]);
    }

    [Theory]
    [InlineData("tcp", "->", "S_", 1, 1, ConnectionState.S0)]
    [InlineData("tcp", "->", "PA_PA", 4, 2, ConnectionState.Oth)]
    [InlineData("tcp", "<-", "SA_S", 2, 1, ConnectionState.S1)]
    [InlineData("tcp", "->", "REQ", 3, 3, ConnectionState.S0)]
    [InlineData("tcp", "->", "REQ", 3, 2, ConnectionState.Unknown)]
    [InlineData("tcp", "->", "RST", 2, 1, ConnectionState.Rej)]
    [InlineData("tcp", "->", "RST", 9, 4, ConnectionState.Unknown)]
    [InlineData("tcp", "->", "CON", 9, 4, ConnectionState.S1)]
    [InlineData("tcp", "<?>", "CON", 9, 4, ConnectionState.Oth)]
    [InlineData("tcp", "->", "FIN", 9, 4, ConnectionState.SF)]
    [InlineData("tcp", "->", "S0", 9, 4, ConnectionState.S0)]
    [InlineData("tcp", "->", "what", 9, 4, ConnectionState.Unknown)]
    [InlineData("udp", "<->", "CON", 2, 1, ConnectionState.SF)]
    [InlineData("udp", "->", "INT", 2, 2, ConnectionState.S0)]
    [InlineData("udp", "<-", "RSP", 1, 0, ConnectionState.Shr)]
    [InlineData("icmp", "->", "ECO", 2, 1, ConnectionState.Oth)]
    public async Task The_state_is_told_as_far_as_it_is_proven(string protocol, string arrow, string state, int packets, int sourcePackets, ConnectionState expected)
    {
        var target = await FlowBodies.ReadAsync(Argus, $"{Header}2024/04/19 08:30:00,0,{protocol},10.0.0.1,8,{arrow},10.0.0.2,0,{state},{packets},100,50,{sourcePackets}\n");

        using var batch = target.Batch;
        Assert.Empty(target.Rejections);
        Assert.Equal(expected, batch.State[0]);
    }

    [Fact]
    public async Task An_arrow_from_the_right_swaps_the_ends_of_TCP_only()
    {
        var target = await FlowBodies.ReadAsync(
            Argus, Header + "1,0,tcp,10.0.0.1,22,<-,10.0.0.2,5000,SA_S,3,100,60,2\n1,0,udp,10.0.0.1,22,<-,10.0.0.2,5000,RSP,3,100,60,2\n");

        using var batch = target.Batch;
        Assert.Equal(["10.0.0.2", "10.0.0.1"], batch.Source.ToArray().Select(address => address.ToString()));
        Assert.Equal([5000, 22], batch.SourcePort.ToArray());
        Assert.Equal([40, 60], batch.ForwardBytes.ToArray());
        Assert.Equal([1, 2], batch.ForwardPackets.ToArray());
    }

    [Theory]
    [InlineData("0x0303", "0x1234", 3, 3)]
    [InlineData("0x0403", "0x0000", 3, 4)]
    [InlineData("0x0008", "0x7208", 8, 0)]
    [InlineData("0x03", "0x01", 3, 1)]
    [InlineData("8", "0", 8, 0)]
    [InlineData("", "", -1, -1)]
    public async Task ICMP_ports_are_type_and_code(string source, string destination, int type, int code)
    {
        var target = await FlowBodies.ReadAsync(Argus, $"{Header}1,0,icmp,10.0.0.1,{source},->,10.0.0.2,{destination},ECO,1,60,60,1\n");

        using var batch = target.Batch;
        Assert.Equal((type, code), (batch.SourcePort[0], batch.DestinationPort[0]));
    }

    [Theory]
    [InlineData("0x0087", "0x0000", 135, 0)]
    [InlineData("0x0401", "0x0000", 1, 4)]
    public async Task ICMPv6_is_packed_in_the_same_way(string source, string destination, int type, int code)
    {
        var target = await FlowBodies.ReadAsync(Argus, $"{Header}1,0,ipv6-icmp,fe80::1,{source},->,ff02::2,{destination},ECO,1,60,60,1\n");

        using var batch = target.Batch;
        Assert.Equal((type, code), (batch.SourcePort[0], batch.DestinationPort[0]));
    }

    [Fact]
    public async Task Without_SrcPkts_packets_are_known_only_when_one_side_was_silent()
    {
        var target = await FlowBodies.ReadAsync(
            Argus, "StartTime,Proto,SrcAddr,DstAddr,TotPkts,TotBytes,SrcBytes\n1,udp,10.0.0.1,10.0.0.2,3,180,180\n1,udp,10.0.0.1,10.0.0.2,3,180,60\n");

        using var batch = target.Batch;
        Assert.Equal([3, -1], batch.ForwardPackets.ToArray());
        Assert.Equal([0, -1], batch.ReversePackets.ToArray());
        Assert.Equal([180, 60], batch.ForwardBytes.ToArray());
    }
}
