using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using AnomalyApi.Flows.Packets;

namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>The flows that are open: found by a packet, and ordered by how long they have been silent.</summary>
/// <remarks>Entries lie in arrays that grow as needed and come from the shared pool. They are found through buckets of chains; the chains are kept apart
/// from the flows, with the hashes, so that they stay in the processor's cache where the flows do not. Each flow stands in the list of its
/// <see cref="PacketFlowPhase"/>. Not thread-safe.</remarks>
internal sealed class OpenFlows : IDisposable
{
    /// <summary>No flow.</summary>
    public const int None = -1;

    private const int FirstCapacity = 1024;

    // Which flows share a bucket must not be known outside, or one could send flows that all do.
    private static readonly ulong Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1;

    private readonly int[] _oldest = [None, None, None];
    private readonly int[] _newest = [None, None, None];
    private PacketFlow[] _flows = ArrayPool<PacketFlow>.Shared.Rent(FirstCapacity);
    private Chained[] _chains;
    private int[] _buckets = ArrayPool<int>.Shared.Rent(FirstCapacity);
    private int _bucketMask;
    private int _used;
    private int _free = None;

    public OpenFlows()
    {
        _chains = ArrayPool<Chained>.Shared.Rent(_flows.Length);
        ClearBuckets(FirstCapacity);
    }

    /// <summary>Flows that are open.</summary>
    public int Count { get; private set; }

    /// <summary>An open flow; valid until the next <see cref="Add"/>.</summary>
    public ref PacketFlow this[int index] => ref _flows[index];

    /// <summary>The same for both directions. A type of ICMP that is an answer counts as its question, since the two differ.</summary>
    public static uint HashOf(in Packet packet)
    {
        var withPorts = IpProtocols.HasPorts(packet.Protocol);
        var hash = Mix(packet.Source, withPorts ? packet.SourcePort : 0u) + Mix(packet.Destination, withPorts ? packet.DestinationPort : 0u);
        hash = (hash ^ (hash >> 29) ^ packet.Protocol ^ IcmpKey(packet)) * Seed;
        return (uint)(hash >> 32);
    }

    /// <summary>The flow of a phase that has been silent longest; <see cref="None"/> when there is none.</summary>
    public int OldestOf(PacketFlowPhase phase) => _oldest[(int)phase];

    /// <summary>The flow that a packet belongs to by its addresses and ports; <see cref="None"/> when none is open.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="hash"><see cref="HashOf"/> of it.</param>
    /// <param name="isForward">Whether the originator of the flow sent it.</param>
    public int Find(in Packet packet, uint hash, out bool isForward)
    {
        isForward = true;
        if (packet.Protocol is not (IpProtocols.Icmp or IpProtocols.Icmp6) || !packet.HasPorts)
        {
            return FindBoth(packet, hash, out isForward);
        }

        // An answer belongs to its question, if there was one.
        var question = IcmpPairs.QuestionOf(packet.Protocol, packet.SourcePort);
        if (question >= 0 && FindOne(packet.Destination, packet.Source, (ushort)question, 0, packet.Protocol, hash) is var index and not None)
        {
            isForward = false;
            return index;
        }

        return FindOne(packet.Source, packet.Destination, packet.SourcePort, packet.DestinationPort, packet.Protocol, hash);
    }

    /// <summary>Opens a flow and returns its index. It is in phase <see cref="PacketFlowPhase.Idle"/>; everything else in it is to be set.</summary>
    public int Add(uint hash)
    {
        if (_free == None && _used == _flows.Length)
        {
            Grow();
        }

        var index = _free != None ? _free : _used++;
        _free = _free != None ? _chains[index].Next : None;
        _flows[index] = default;
        ref var bucket = ref _buckets[(int)hash & _bucketMask];
        _chains[index] = new Chained(hash, bucket);
        bucket = index;
        Append(index, PacketFlowPhase.Idle);
        Count++;
        return index;
    }

    /// <summary>Closes a flow.</summary>
    public void Remove(int index)
    {
        ref var links = ref _flows[index].Links;
        Unlink(links);
        links.Phase = PacketFlowPhase.Free;
        ref var chained = ref _chains[index];
        ref var at = ref _buckets[(int)chained.Hash & _bucketMask];
        while (at != index)
        {
            at = ref _chains[at].Next;
        }

        at = chained.Next;
        chained.Next = _free;
        _free = index;
        Count--;
    }

    /// <summary>Notes that a flow has just been seen, and what silence means for it now.</summary>
    public void Touch(int index, PacketFlowPhase phase)
    {
        ref var links = ref _flows[index].Links;
        if (links.Phase == phase && _newest[(int)phase] == index)
        {
            return;
        }

        Unlink(links);
        Append(index, phase);
    }

    /// <summary>Writes the indices of all flows, ordered by their first packets, and returns how many.</summary>
    /// <param name="indices">Room for <see cref="Count"/>; only the lower half of each is the index.</param>
    public int CopyInOrder(long[] indices)
    {
        var count = 0;
        for (var i = 0; i < _used; i++)
        {
            if (_flows[i].Links.Phase != PacketFlowPhase.Free)
            {
                indices[count++] = ((long)_flows[i].FirstPacket << 32) | (uint)i;
            }
        }

        Array.Sort(indices, 0, count);
        return count;
    }

    /// <summary>Gives the memory back. Open flows are forgotten.</summary>
    public void Dispose()
    {
        if (_flows.Length > 0)
        {
            ArrayPool<PacketFlow>.Shared.Return(_flows);
            ArrayPool<Chained>.Shared.Return(_chains);
            ArrayPool<int>.Shared.Return(_buckets);
            _flows = [];
            _chains = [];
            _buckets = [];
        }
    }

    private int FindBoth(in Packet packet, uint hash, out bool isForward)
    {
        for (var i = _buckets[(int)hash & _bucketMask]; i != None; i = _chains[i].Next)
        {
            if (_chains[i].Hash != hash)
            {
                continue;
            }

            ref var flow = ref _flows[i];
            if (flow.Protocol != packet.Protocol || flow.HasPorts != packet.HasPorts)
            {
                continue;
            }

            if (flow.SourcePort == packet.SourcePort && flow.DestinationPort == packet.DestinationPort
                && flow.Source == packet.Source && flow.Destination == packet.Destination)
            {
                isForward = true;
                return i;
            }

            if (flow.SourcePort == packet.DestinationPort && flow.DestinationPort == packet.SourcePort
                && flow.Source == packet.Destination && flow.Destination == packet.Source)
            {
                isForward = false;
                return i;
            }
        }

        isForward = true;
        return None;
    }

    private int FindOne(in IpAddressValue source, in IpAddressValue destination, ushort type, ushort code, byte protocol, uint hash)
    {
        for (var i = _buckets[(int)hash & _bucketMask]; i != None; i = _chains[i].Next)
        {
            ref var flow = ref _flows[i];
            if (flow.Protocol == protocol && flow.HasPorts && flow.SourcePort == type && flow.DestinationPort == code
                && flow.Source == source && flow.Destination == destination)
            {
                return i;
            }
        }

        return None;
    }

    private void Append(int index, PacketFlowPhase phase)
    {
        var newest = _newest[(int)phase];
        _flows[index].Links = new PacketFlowLinks { Phase = phase, Older = newest, Newer = None };
        if (newest != None)
        {
            _flows[newest].Links.Newer = index;
        }
        else
        {
            _oldest[(int)phase] = index;
        }

        _newest[(int)phase] = index;
    }

    private void Unlink(in PacketFlowLinks links)
    {
        if (links.Older != None)
        {
            _flows[links.Older].Links.Newer = links.Newer;
        }
        else
        {
            _oldest[(int)links.Phase] = links.Newer;
        }

        if (links.Newer != None)
        {
            _flows[links.Newer].Links.Older = links.Older;
        }
        else
        {
            _newest[(int)links.Phase] = links.Older;
        }
    }
    private void Grow()
    {
        Move(ref _flows);
        Move(ref _chains);
        var count = (int)BitOperations.RoundUpToPowerOf2((uint)_flows.Length);
        ArrayPool<int>.Shared.Return(_buckets);
        _buckets = ArrayPool<int>.Shared.Rent(count);
        ClearBuckets(count);
        for (var i = 0; i < _used; i++)
        {
            // None is free, or it would have been taken.
            ref var bucket = ref _buckets[(int)_chains[i].Hash & _bucketMask];
            _chains[i].Next = bucket;
            bucket = i;
        }
    }

    private void Move<T>(ref T[] array)
    {
        var larger = ArrayPool<T>.Shared.Rent(_used * 2);
        array.AsSpan(0, _used).CopyTo(larger);
        ArrayPool<T>.Shared.Return(array);
        array = larger;
    }

    private void ClearBuckets(int count)
    {
        _buckets.AsSpan(0, count).Fill(None);
        _bucketMask = count - 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(in IpAddressValue address, uint port)
    {
        var hash = (address.Low ^ BitOperations.RotateLeft(address.High, 17) ^ Seed) * 0x9E3779B97F4A7C15;
        hash = (hash ^ (hash >> 32) ^ port) * 0xC2B2AE3D27D4EB4F;
        return hash ^ (hash >> 29);
    }

    // Without it all messages between two hosts, of 65,536 kinds, would stand in one chain.
    private static uint IcmpKey(in Packet packet)
    {
        if (packet.Protocol is not (IpProtocols.Icmp or IpProtocols.Icmp6) || !packet.HasPorts)
        {
            return 0;
        }

        // An answer is looked for among questions of code 0, whatever its own code is.
        var question = IcmpPairs.QuestionOf(packet.Protocol, packet.SourcePort);
        return question >= 0 ? (uint)question << 8 : ((uint)packet.SourcePort << 8) | ((uint)packet.DestinationPort << 16);
    }

    // An entry of a chain beside its flow; -1 for no next.
    private struct Chained(uint hash, int next)
    {
        public readonly uint Hash = hash;
        public int Next = next;
    }
}
