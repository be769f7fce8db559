using System.IO.Pipelines;
using AnomalyApi.Flows.Packets;

namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>Packet captures, pcap or pcapng: packets are joined to flows as they come.</summary>
internal sealed class PacketCaptureFormat(PacketFlowOptions options) : IFlowFormat
{
    private static readonly string?[] LinkNames = new string?[ushort.MaxValue + 1];

    public PacketCaptureFormat()
        : this(new PacketFlowOptions())
    {
    }

    /// <inheritdoc/>
    public string Name => "packet-capture";

    /// <inheritdoc/>
    public IReadOnlyList<string> ContentTypes { get; } = ["application/vnd.tcpdump.pcap", "application/x-pcapng"];

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head) => PacketCaptureReader.Recognizes(head);

    /// <inheritdoc/>
    public async ValueTask ReadAsync(PipeReader body, FlowReadTarget target, CancellationToken cancellationToken)
    {
        using var packets = new PacketCaptureReader(body, target);
        using var flows = new PacketFlowTable(target, options);
        while (await packets.FillAsync(cancellationToken).ConfigureAwait(false))
        {
            ReadWhatIsThere(packets, flows, target);
        }

        flows.EndAll();
    }

    private static void ReadWhatIsThere(PacketCaptureReader packets, PacketFlowTable flows, FlowReadTarget target)
    {
        while (packets.TryRead(out var captured))
        {
            switch (PacketParser.Parse(captured.Bytes, captured.OriginalLength, captured.Link, out var packet))
            {
                case PacketVerdict.Ip:
                    flows.Add(ref packet, captured.Bytes, captured.TimeMicroseconds, captured.Number);
                    break;
                case PacketVerdict.NotIp:
                    target.Skip(packet.Note == LinkLayer.OtherLinkType ? NameOf(captured.Link) : packet.Note!);
                    break;
                default:
                    // Only the reasons that are kept are worth a text of their own.
                    target.Reject(captured.Number, target.Rejections.Count < FlowReadTarget.ListedRejections ? $"At byte {captured.Offset}: {packet.Note}" : packet.Note!);
                    break;
            }
        }
    }

    // Of link types that are not read, so that one can look up which they are.
    private static string NameOf(LinkType link) => LinkNames[(int)link] ??= $"link-type-{(int)link}";
}
