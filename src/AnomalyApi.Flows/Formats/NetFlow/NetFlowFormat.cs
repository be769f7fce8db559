using System.Buffers;
using System.IO.Pipelines;
using AnomalyApi.Flows.Formats.PacketCapture;

namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>Datagrams of NetFlow v5, v7 and v9, IPFIX and sFlow v5, one behind the other as exporters sent them, or in a capture of
/// the network.</summary>
/// <param name="clock">Tells when a datagram came that does not say when it was sent: those of sFlow.</param>
internal sealed class NetFlowFormat(TimeProvider clock) : IFlowFormat
{
    private static readonly NetFlowDecoderOptions Options = new();

    /// <inheritdoc/>
    public string Name => "netflow";

    /// <inheritdoc/>
    public IReadOnlyList<string> ContentTypes { get; } = ["application/vnd.ipfix", "application/x-netflow"];

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head) => DatagramFraming.LooksLikeHeader(head);

    /// <inheritdoc/>
    public async ValueTask ReadAsync(PipeReader body, FlowReadTarget target, CancellationToken cancellationToken)
    {
        var magic = await BeginningAsync(body, cancellationToken).ConfigureAwait(false);
        // Who sent the datagrams is not in the body, but for sFlow's agents and in captures.
        var decoder = new NetFlowDecoder(Options, address => address == default ? null : address.ToString());
        if (PacketCaptureReader.Recognizes(magic))
        {
            await ExportCapture.ReadAsync(body, decoder, target, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await ReadDatagramsAsync(body, decoder, target, cancellationToken).ConfigureAwait(false);
        }

        decoder.Flush(target);
    }

    // The first four bytes, which stay in the pipe; fewer when the body has no more.
    private static async ValueTask<byte[]> BeginningAsync(PipeReader body, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (result.IsCanceled)
            {
                throw new OperationCanceledException("Reading the body was cancelled.");
            }

            var isEnough = result.Buffer.Length >= 4 || result.IsCompleted;
            var beginning = isEnough ? result.Buffer.Slice(0, Math.Min(4, result.Buffer.Length)).ToArray() : [];
            body.AdvanceTo(result.Buffer.Start, isEnough ? result.Buffer.Start : result.Buffer.End);
            if (isEnough)
            {
                return beginning;
            }
        }
    }

    private async ValueTask ReadDatagramsAsync(PipeReader body, NetFlowDecoder decoder, FlowReadTarget target, CancellationToken cancellationToken)
    {
        using var datagrams = new DatagramStream(body);
        var found = false;
        while (await datagrams.FillAsync(cancellationToken).ConfigureAwait(false))
        {
            while (datagrams.TryRead(out var datagram))
            {
                found = true;
                RejectDamage(datagrams, target);
                var sent = DatagramFraming.ExportTime(datagram);
                var isSFlow = sent < 0 && SFlowFraming.HeaderLength(datagram) > 0;
                decoder.Decode(
                    isSFlow ? SFlowFraming.Agent(datagram) : default, datagram, sent < 0 ? FlowTime.ToMicroseconds(clock.GetUtcNow().UtcDateTime) : sent,
                    target, datagrams.Offset);
            }

            if (!found && datagrams.Damaged > 0)
            {
                throw new FlowFormatException("The body holds no datagram of NetFlow 5, 7 or 9, IPFIX or sFlow 5. Send what an exporter sends, one datagram behind the other.");
            }

            RejectDamage(datagrams, target);
        }

        if (found)
        {
            target.AllowEmpty();
        }
    }

    private static void RejectDamage(DatagramStream datagrams, FlowReadTarget target)
    {
        if (datagrams.Damaged > 0)
        {
            target.Reject(
                target.ReceivedCount + 1,
                $"Byte {datagrams.Offset - datagrams.Damaged}: no header of a datagram; the next {datagrams.Damaged} bytes were passed over.");
        }
    }
}
