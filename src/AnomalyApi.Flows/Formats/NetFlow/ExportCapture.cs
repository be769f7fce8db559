using System.Buffers.Binary;
using System.IO.Pipelines;
using AnomalyApi.Flows.Formats.PacketCapture;
using AnomalyApi.Flows.Packets;

namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>Reads the datagrams of exporters out of a capture: their exporter is who sent the packet, their time when it was captured.</summary>
internal static class ExportCapture
{
    /// <summary>Reads to the end of the body. Packets that are no export are skipped and counted.</summary>
    public static async ValueTask ReadAsync(
        PipeReader body, NetFlowDecoder decoder, FlowReadTarget target, CancellationToken cancellationToken)
    {
        using var packets = new PacketCaptureReader(body, target);
        while (await packets.FillAsync(cancellationToken).ConfigureAwait(false))
        {
            while (packets.TryRead(out var packet))
            {
                if (PacketParser.Parse(packet.Bytes, packet.OriginalLength, packet.Link, out var headers) == PacketVerdict.Ip
                    && headers.Protocol == IpProtocols.Udp && IsExport(headers.Payload(packet.Bytes)))
                {
                    decoder.Decode(
                        headers.Source, headers.Payload(packet.Bytes), packet.TimeMicroseconds, target, packet.BytesOffset + headers.PayloadStart);
                }
                else
                {
                    target.Skip("packets that are no export");
                }
            }
        }
    }

    private static bool IsExport(ReadOnlySpan<byte> payload) =>
        payload.Length >= 4 && (BinaryPrimitives.ReadUInt16BigEndian(payload) is 5 or 7 or 9 or 10 || BinaryPrimitives.ReadUInt32BigEndian(payload) == 5);
}
