using System.IO.Compression;
using System.IO.Pipelines;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Flows.Formats.PacketCapture;
using AnomalyApi.Flows.Packets;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Formats.PacketCapture;

/// <summary>Both ends of a flow, whichever began. Of ICMP, and of SCTP since Argus does not show its ports, the addresses only.</summary>
internal readonly record struct Ends(byte Protocol, IpAddressValue A, int PortA, IpAddressValue B, int PortB)
{
    public static Ends Of(byte protocol, IpAddressValue a, int portA, IpAddressValue b, int portB)
    {
        if (protocol is not (IpProtocols.Tcp or IpProtocols.Udp))
        {
            portA = portB = -1;
        }

        var order = a.CompareTo(b);
        return order < 0 || (order == 0 && portA <= portB) ? new Ends(protocol, a, portA, b, portB) : new Ends(protocol, b, portB, a, portA);
    }
}

/// <summary>Packets and bytes of the shared captures, summed without the flow table: each packet is added to the sum of its ends.</summary>
internal static class CaptureSums
{
    /// <summary>A capture of the shared data, unpacked.</summary>
    public static Stream Open(string capture)
    {
        var file = Path.Combine(SharedData.Path("pcap"), capture);
        return File.Exists(file) ? File.OpenRead(file) : new GZipStream(File.OpenRead(file + ".gz"), CompressionMode.Decompress);
    }

    /// <param name="capture">Name of the capture.</param>
    /// <param name="keyOf">What packets are summed by: of protocol, sender, its port, receiver and its port; ports are -1 where there are none.</param>
    public static async Task<Dictionary<TKey, (long Packets, long FrameBytes, long IpBytes)>> OfFramesAsync<TKey>(
        string capture, Func<byte, IpAddressValue, int, IpAddressValue, int, TKey> keyOf)
        where TKey : notnull
    {
        var sums = new Dictionary<TKey, (long Packets, long FrameBytes, long IpBytes)>();
        await using var body = Open(capture);
        using var batch = FlowBatch.Rent();
        using var reader = new PacketCaptureReader(PipeReader.Create(body), new FlowReadTarget(batch));
        using var fragments = new FragmentTable();
        while (await reader.FillAsync(CancellationToken.None))
        {
            while (reader.TryRead(out var captured))
            {
                if (PacketParser.Parse(captured.Bytes, captured.OriginalLength, captured.Link, out var packet) == PacketVerdict.Ip)
                {
                    if (packet.IsFragment)
                    {
                        fragments.Resolve(ref packet, captured.TimeMicroseconds);
                    }

                    var key = keyOf(packet.Protocol, packet.Source, packet.HasPorts ? packet.SourcePort : -1, packet.Destination, packet.HasPorts ? packet.DestinationPort : -1);
                    var sum = sums.GetValueOrDefault(key);
                    sums[key] = (sum.Packets + 1, sum.FrameBytes + captured.OriginalLength, sum.IpBytes + packet.IpBytes);
                }
            }
        }

        return sums;
    }
}
