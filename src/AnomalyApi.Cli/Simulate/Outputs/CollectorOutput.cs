using System.Buffers;
using System.Net.Sockets;
using AnomalyApi.Cli.Simulate.Writers;
using AnomalyApi.Flows;

namespace AnomalyApi.Cli.Simulate.Outputs;

/// <summary>Sends every message as a datagram to a collector, as an exporter does: nobody says whether it arrived.</summary>
internal sealed class CollectorOutput : SimulateOutput
{
    private readonly FlowWriter _writer;
    private readonly UdpClient _socket;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private bool _isBegun;

    /// <exception cref="CommandException">There is no such host.</exception>
    public CollectorOutput(string host, int port, FlowWriter writer)
    {
        _writer = writer;
        try
        {
            _socket = new UdpClient(host, port);
        }
        catch (SocketException fault)
        {
            throw new CommandException($"--to udp://{host}:{port}: {fault.Message}", fault);
        }
    }

    public override async Task WriteAsync(FlowBatch flows, CancellationToken ct)
    {
        if (!_isBegun)
            _writer.Begin(_buffer);

        _isBegun = true;
        for (var row = 0; row < flows.Count; row++)
            _writer.Write(flows, row, _buffer);

        _writer.Flush(_buffer);
        for (var rest = _buffer.WrittenMemory; !rest.IsEmpty;)
        {
            var length = _writer.MessageBytes(rest.Span);
            await SendAsync(rest[..length], ct).ConfigureAwait(false);
            rest = rest[length..];
        }

        _buffer.ResetWrittenCount();
    }

    public override Task CompleteAsync(CancellationToken ct) => Task.CompletedTask;

    public override ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken ct)
    {
        try
        {
            await _socket.SendAsync(message, ct).ConfigureAwait(false);
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.ConnectionRefused)
        {
            // Nobody listens there (yet): the datagram before this one was refused. An exporter goes on.
        }
    }
}
