using System.Buffers;
using AnomalyApi.Cli.Simulate.Writers;
using AnomalyApi.Flows;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Flows.Synthetic;
using AnomalyApi.Testing;

namespace AnomalyApi.Cli.Tests.Simulate;

/// <summary>What each writer writes is read by the format that the service reads it with, and gives the same flows but for what the format cannot say.</summary>
public sealed class FlowWriterTests
{
    private static readonly DateTime Start = new(2026, 11, 24, 9, 0, 0, DateTimeKind.Utc);

    public static TheoryData<string> Names => [.. FlowWriterCatalog.All.Select(format => format.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_is_written_is_recognised_and_read_again(string name)
    {
        var flows = Flows();
        var writer = FlowWriterCatalog.All.First(format => format.Name == name).Create();
        var body = Body(writer, flows);

        var target = await FlowBodies.ReadAsync(writer.ContentType, body);

        using var read = target.Batch;
        Assert.Empty(target.Rejections);
        Assert.Same(FlowFormatCatalog.Find(writer.ContentType), FlowFormatCatalog.Recognize(body.AsSpan(0, Math.Min(body.Length, FlowFormatCatalog.HeadBytes))));
        var expected = Enumerable.Range(0, flows.Count).Select(flows.Record).Where(flow => CanSay(name, flow)).Select(flow => AsSaid(name, flow));
        var actual = Enumerable.Range(0, read.Count).Select(row => AsSaid(name, read.Record(row)));
        Assert.Empty(actual.Except(expected));
        Assert.Equal(InOrder(expected), InOrder(actual));
        if (writer.LinesBefore is { } before)
            Assert.Equal(Enumerable.Range(1, flows.Count), read.Line.ToArray().Select(line => name == "json" ? line : line - before));
    }

    [Fact]
    public void What_NetFlow_5_cannot_say_is_counted()
    {
        using var flows = Some.Batch(Some.Flow(source: "2001:db8::1", destination: "2001:db8::2"), Some.Flow(forwardBytes: 5L << 30), Some.Flow());
        var writer = new NetFlow5Writer();

        Body(writer, flows);

        Assert.Equal("NetFlow version 5 cannot say 1 IPv6 flows and 1 of more than 4 GiB; they were left out.", writer.LeftOut);
    }

    private static FlowBatch Flows()
    {
        var traffic = new SyntheticTraffic(7, Start);
        var flows = FlowBatch.Rent();
        traffic.AddNormal(flows, 400);
        foreach (var flow in SyntheticAttackCatalog.All.SelectMany(attack => traffic.Attack(attack, 10)))
            flows.Add(flow);

        return flows;
    }

    private static byte[] Body(FlowWriter writer, FlowBatch flows)
    {
        var body = new ArrayBufferWriter<byte>();
        writer.Begin(body);
        for (var row = 0; row < flows.Count; row++)
            writer.Write(flows, row, body);

        writer.Flush(body);
        writer.End(body);
        return body.WrittenSpan.ToArray();
    }

    private static bool CanSay(string name, FlowRecord flow) => name != "netflow5" || flow.Source.IsIPv4;

    // What both sides are compared by.
    private static FlowRecord AsSaid(string name, FlowRecord flow)
    {
        flow = flow with { CommunityId = null };
        return name switch
        {
            // No PSH, no ACK of a refusal, no sensor, and no interval of length 0.
            "zeek" => flow with
            {
                TcpFlags = (byte?)(flow.TcpFlags & ~TcpFlagLetters.Psh & (flow.State == ConnectionState.Rej ? ~TcpFlagLetters.Ack : 0xFF)),
                Sensor = null, Duration = flow.Duration ?? TimeSpan.Zero,
            },
            "eve" => flow with { Service = flow.Service is null ? null : EveFlowWriter.NameOf(flow.Service), State = default, Label = null, Sensor = null, Direction = default, TcpFlags = flow.TcpFlags ?? 0 },
            "netflow5" or "ipfix" => flow with
            {
                Start = Milliseconds(flow.Start), Duration = Milliseconds(flow.Start + flow.Duration!.Value) - Milliseconds(flow.Start), TcpFlags = flow.TcpFlags ?? 0,
                State = default, Service = null, Sensor = null, Direction = default, Label = null,
            },
            _ => flow,
        };
    }

    private static DateTime Milliseconds(DateTime time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);

    // Exporters are read by pairs, which come when they are complete.
    private static IEnumerable<FlowRecord> InOrder(IEnumerable<FlowRecord> flows) =>
        flows.OrderBy(flow => flow.Start).ThenBy(flow => flow.Source).ThenBy(flow => flow.Destination).ThenBy(flow => flow.SourcePort).ThenBy(flow => flow.DestinationPort);
}
