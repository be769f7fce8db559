using System.Buffers;
using AnomalyApi.Cli.Simulate.Writers;
using AnomalyApi.Flows;

namespace AnomalyApi.Cli.Simulate.Outputs;

/// <summary>Writes one body to a file or to the output.</summary>
internal sealed class StreamOutput(Stream stream, FlowWriter writer) : SimulateOutput
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private bool _isBegun;

    public override async Task WriteAsync(FlowBatch flows, CancellationToken ct)
    {
        Begin();
        for (var row = 0; row < flows.Count; row++)
            writer.Write(flows, row, _buffer);

        // Whoever reads a pipe wants the flows now, not when a datagram is full.
        writer.Flush(_buffer);
        await FlushAsync(ct).ConfigureAwait(false);
    }

    public override async Task CompleteAsync(CancellationToken ct)
    {
        Begin();
        writer.End(_buffer);
        await FlushAsync(ct).ConfigureAwait(false);
    }

    public override ValueTask DisposeAsync() => stream.DisposeAsync();

    private void Begin()
    {
        if (!_isBegun)
            writer.Begin(_buffer);

        _isBegun = true;
    }

    private async Task FlushAsync(CancellationToken ct)
    {
        await stream.WriteAsync(_buffer.WrittenMemory, ct).ConfigureAwait(false);
        await stream.FlushAsync(ct).ConfigureAwait(false);
        _buffer.ResetWrittenCount();
    }
}
