using System.Buffers;
using AnomalyApi.Flows.Packets;

namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>Remembers the ports that the first fragment of a packet showed, for the fragments that come behind it.</summary>
/// <remarks>A slot belongs to the newest comer, so memory is bounded whatever is sent; fragments whose first was lost or forgotten make a flow
/// without ports. Addresses, protocol and identification tell packets apart (RFC 791, section 2.3), and no longer than reassembly may last
/// (RFC 1122, section 3.3.2: 60 s).</remarks>
internal sealed class FragmentTable : IDisposable
{
    private const int Slots = 4096;
    private const long LongestWait = 60_000_000;

    private Entry[] _entries = [];

    /// <summary>Gives a later fragment the ports of its first, or remembers those of a first one.</summary>
    public void Resolve(ref Packet packet, long time)
    {
        if (_entries.Length == 0)
        {
            _entries = ArrayPool<Entry>.Shared.Rent(Slots);
            _entries.AsSpan().Clear();
        }

        ref var entry = ref _entries[(int)(Hash(packet) % Slots)];
        if (!packet.IsLaterFragment)
        {
            entry = new Entry(packet.Source, packet.Destination, packet.FragmentId, packet.Protocol, packet.HasPorts, packet.SourcePort, packet.DestinationPort, time);
        }
        else if (entry.HasPorts && entry.Id == packet.FragmentId && entry.Protocol == packet.Protocol && entry.Source == packet.Source
            && entry.Destination == packet.Destination && time - entry.Time is >= -LongestWait and <= LongestWait)
        {
            packet.HasPorts = true;
            packet.SourcePort = entry.SourcePort;
            packet.DestinationPort = entry.DestinationPort;
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (_entries.Length > 0)
        {
            ArrayPool<Entry>.Shared.Return(_entries);
            _entries = [];
        }
    }

    private static uint Hash(in Packet packet)
    {
        var hash = (packet.Source.Low * 0x9E3779B97F4A7C15) ^ (packet.Destination.Low * 0xC2B2AE3D27D4EB4F);
        hash = (hash ^ packet.FragmentId) * 0x165667B19E3779F9;
        return (uint)(hash >> 32);
    }

    private readonly record struct Entry(
        IpAddressValue Source, IpAddressValue Destination, uint Id, byte Protocol, bool HasPorts, ushort SourcePort, ushort DestinationPort, long Time);
}
