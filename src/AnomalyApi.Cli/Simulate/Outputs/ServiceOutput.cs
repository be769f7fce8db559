using System.Buffers;
using AnomalyApi.Cli.Sending;
using AnomalyApi.Cli.Simulate.Writers;
using AnomalyApi.Flows;

namespace AnomalyApi.Cli.Simulate.Outputs;

/// <summary>Posts every batch to the service.</summary>
internal sealed class ServiceOutput(FlowSender sender, FlowWriter writer, SendTotals totals, int batchFlows) : SimulateOutput
{
    public override async Task WriteAsync(FlowBatch flows, CancellationToken ct)
    {
        for (var first = 0; first < flows.Count; first += batchFlows)
            await sender.SendAsync(Body(flows, first, Math.Min(batchFlows, flows.Count - first)), totals).ConfigureAwait(false);
    }

    public override Task CompleteAsync(CancellationToken ct) => sender.CompleteAsync();

    public override ValueTask DisposeAsync() => sender.DisposeAsync();

    private FlowBody Body(FlowBatch flows, int first, int count)
    {
        var bytes = new ArrayBufferWriter<byte>(count * 300);
        writer.Begin(bytes);
        for (var row = first; row < first + count; row++)
            writer.Write(flows, row, bytes);

        writer.Flush(bytes);
        writer.End(bytes);
        string?[] labels = writer.LinesBefore is null ? [] : flows.Label.Slice(first, count).ToArray();
        return new FlowBody(bytes.WrittenMemory, writer.ContentType, count, labels, writer.LinesBefore ?? 0);
    }
}
