using System.IO.Compression;
using System.IO.Pipelines;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Flows.Formats.NetFlow;
using AnomalyApi.Flows.Formats.PacketCapture;
using AnomalyApi.Flows.Packets;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Formats.NetFlow;

/// <summary>Reads the exports of the shared data as a collector would get them.</summary>
internal static class ExportFiles
{
    /// <summary>Records as they were told: the two directions stay apart.</summary>
    public static NetFlowDecoderOptions Apart { get; } = new() { PairDirections = false };

    public static byte[] Read(params string[] parts)
    {
        var path = SharedData.Path(["netflow", .. parts]);
        using var file = File.OpenRead(path);
        using var stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
        using var all = new MemoryStream();
        stream.CopyTo(all);
        return all.ToArray();
    }

    /// <summary>The datagrams of a capture with their sender and time.</summary>
    public static async Task<List<(IpAddressValue Exporter, byte[] Datagram, long Time)>> DatagramsAsync(params string[] parts)
    {
        using var nowhere = FlowBatch.Rent();
        using var packets = new PacketCaptureReader(PipeReader.Create(new System.Buffers.ReadOnlySequence<byte>(Read(parts))), new FlowReadTarget(nowhere));
        var datagrams = new List<(IpAddressValue, byte[], long)>();
        while (await packets.FillAsync(CancellationToken.None))
        {
            while (packets.TryRead(out var packet))
            {
                Assert.Equal(PacketVerdict.Ip, PacketParser.Parse(packet.Bytes, packet.OriginalLength, packet.Link, out var headers));
                datagrams.Add((headers.Source, headers.Payload(packet.Bytes).ToArray(), packet.TimeMicroseconds));
            }
        }

        return datagrams;
    }
}
