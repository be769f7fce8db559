using AnomalyApi.Flows.Formats;
using AnomalyApi.Flows.Formats.NetFlow;

namespace AnomalyApi.Flows.Tests.Formats.NetFlow;

/// <summary>A decoder with what it has read so far.</summary>
internal sealed class Collector : IDisposable
{
    public const long Second = 1_000_000;

    public static IpAddressValue Router { get; } = IpAddressValue.Parse("192.0.2.1");

    public Collector(NetFlowDecoderOptions? options = null)
    {
        Decoder = new NetFlowDecoder(options ?? ExportFiles.Apart);
        Target = new FlowReadTarget(FlowBatch.Rent());
    }

    public NetFlowDecoder Decoder { get; }

    public FlowReadTarget Target { get; }

    public IReadOnlyList<FlowRecord> Flows => [.. Enumerable.Range(0, Target.Batch.Count).Select(Target.Batch.Record)];

    public IReadOnlyList<string> Reasons => [.. Target.Rejections.Select(rejection => rejection.Reason)];

    public ExporterStatistics Exporter => Assert.Single(Decoder.Statistics().Exporters);

    public Collector Take(byte[] datagram, long received = 0, IpAddressValue? from = null)
    {
        Decoder.Decode(from ?? Router, datagram, received, Target);
        return this;
    }

    public FlowRecord Flow() => Assert.Single(Flows);

    public void Dispose() => Target.Batch.Dispose();
}
