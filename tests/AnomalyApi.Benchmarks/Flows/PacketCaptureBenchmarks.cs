using System.Buffers;
using System.IO.Pipelines;
using AnomalyApi.Flows;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Testing;
using BenchmarkDotNet.Attributes;

namespace AnomalyApi.Benchmarks.Flows;

/// <summary>Joining the packets of a capture in memory to flows. The time and the bytes are for one packet.</summary>
[MemoryDiagnoser]
public class PacketCaptureBenchmarks
{
    private const int PacketCount = 160_000;
    private const int PacketsOfConnection = 8;
    private const int Together = 1000;

    private readonly FlowBatch _batch = FlowBatch.Rent(PacketCount);
    private readonly IFlowFormat _format = FlowFormatCatalog.Find("application/vnd.tcpdump.pcap")!;
    private byte[] _body = [];

    /// <summary>web: 1,000 connections at a time, each of 8 packets with 1,400 bytes of data in two of them. scan: each packet is a flow. bulk: one
    /// connection of full packets.</summary>
    [Params("web", "scan", "bulk")]
    public string Traffic { get; set; } = "";

    [GlobalSetup]
    public void MakeBody() => _body = CaptureMaker.Pcap(Frames(Traffic).Select((frame, i) => (1_714_521_600_000_000 + (i * 20L), frame)), snapLength: 65_535);

    [Benchmark(OperationsPerInvoke = PacketCount)]
    public async Task<int> Read()
    {
        _batch.Clear();
        var target = new FlowReadTarget(_batch, "bench");
        await _format.ReadAsync(PipeReader.Create(new ReadOnlySequence<byte>(_body)), target, CancellationToken.None);
        return target.RejectedCount == 0 ? _batch.Count : throw new InvalidOperationException(target.Rejections[0].Reason);
    }

    private static IEnumerable<byte[]> Frames(string traffic)
    {
        var data = new byte[1400];
        "GET / HTTP/1.1\r\n"u8.CopyTo(data);
        switch (traffic)
        {
            case "bulk":
                var full = Testing.Frames.Ethernet(Testing.Frames.IPv4("10.0.0.1", "192.0.2.1", 6, Testing.Frames.Tcp(50_000, 443, "A", payload: data)));
                return Enumerable.Repeat(full, PacketCount);
            case "scan":
                return Enumerable.Range(0, PacketCount)
                    .Select(i => Testing.Frames.Ethernet(Testing.Frames.IPv4("10.0.0.1", $"192.0.{i / 256 % 256}.{i % 256}", 6, Testing.Frames.Tcp(50_000 + (i % 10_000), 22, "S"))));
            default:
                return Enumerable.Range(0, PacketCount / PacketsOfConnection / Together).SelectMany(round =>
                {
                    var connections = Enumerable.Range(0, Together)
                        .Select(i => Testing.Frames.Connection($"10.0.{i % 200}.{i % 250}", $"192.0.2.{i % 100}", 20_000 + i + (round * Together), 80, data, data).ToArray())
                        .ToArray();
                    return Enumerable.Range(0, PacketsOfConnection).SelectMany(packet => connections.Select(connection => connection[packet]));
                });
        }
    }
}
