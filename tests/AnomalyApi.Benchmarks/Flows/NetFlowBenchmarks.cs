using AnomalyApi.Flows;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Flows.Formats.NetFlow;
using AnomalyApi.Testing;
using BenchmarkDotNet.Attributes;

namespace AnomalyApi.Benchmarks.Flows;

/// <summary>Decoding datagrams into a batch, as the collector does; with pairing no record finds its other direction, which costs most. The time is for one record.</summary>
[MemoryDiagnoser]
public class NetFlowBenchmarks
{
    private const int Datagrams = 400;
    private const int Records = 25;
    private const long Noon = 1_717_243_200;

    private readonly FlowBatch _batch = FlowBatch.Rent(Datagrams * Records);
    private byte[][] _datagrams = [];
    private NetFlowDecoder _decoder = new(new NetFlowDecoderOptions());
    private FlowReadTarget? _target;
    private long _now;

    [Params("netflow5", "netflow9", "ipfix")]
    public string Protocol { get; set; } = "";

    [Params(false, true)]
    public bool Pairs { get; set; }

    [GlobalSetup]
    public void MakeDatagrams()
    {
        _decoder = new NetFlowDecoder(new NetFlowDecoderOptions { PairDirections = Pairs });
        _target = new FlowReadTarget(_batch);
        var template = ExportWriter.Template(
            256, (8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (6, 1), (5, 1), (10, 4), (14, 4), (2, 8), (1, 8), Protocol == "ipfix" ? (152, 8) : (22, 4), Protocol == "ipfix" ? (153, 8) : (21, 4));
        _decoder.Decode(default, Protocol == "ipfix" ? ExportWriter.Ipfix(Noon, 0, 1, new ExportWriter().Set(2, template)) : ExportWriter.V9(Noon, 0, 0, 1, new ExportWriter().Set(0, template)), 0, _target);
        _datagrams = [.. Enumerable.Range(0, Datagrams).Select(Datagram)];
    }

    [Benchmark(OperationsPerInvoke = Datagrams * Records)]
    public int Decode()
    {
        _batch.Clear();
        _now++;
        foreach (var datagram in _datagrams)
        {
            _decoder.Decode(default, datagram, _now, _target!);
        }

        return _target!.RejectedCount == 0 ? _batch.Count : throw new InvalidOperationException(_target.Rejections[0].Reason);
    }

    private byte[] Datagram(int number)
    {
        var records = Enumerable.Range(0, Records).Select(record => (Source: $"10.{number / 250}.{number % 250}.{record}", Port: 1024 + (number * 31 % 60_000) + record)).ToArray();
        if (Protocol == "netflow5")
        {
            return ExportWriter.V5(
                Noon, 1_000_000, number * Records, 0,
                [.. records.Select(record => ExportWriter.V5Record(record.Source, "192.0.2.80", record.Port, 443, 6, 12, 1_800, 900_000, 900_500, 0x1B))]);
        }

        var set = new ExportWriter();
        foreach (var (source, port) in records)
        {
            set.Address(source, "192.0.2.80").U16(port, 443).U8(6, 0x1B, 0).U32(1, 2).U64(12, 1_800);
            _ = Protocol == "ipfix" ? set.U64((Noon * 1000) - 500, Noon * 1000) : set.U32(900_000, 900_500);
        }

        var sets = new ExportWriter().Set(256, set);
        return Protocol == "ipfix" ? ExportWriter.Ipfix(Noon, number * Records, 1, sets) : ExportWriter.V9(Noon, 1_000_000, number, 1, sets);
    }
}
