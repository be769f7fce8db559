using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using AnomalyApi.Flows.Packets;

namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>Joins packets to flows in both directions, and hands each flow over when it has ended.</summary>
/// <remarks>One entry an open flow, in arrays that grow up to <see cref="PacketFlowOptions.MaxOpenFlows"/> and come from the shared pool; a packet
/// allocates nothing. Time is the time of the packets. Entries are found through buckets of chains; the chains are kept apart from the flows, with the
/// hashes, so that they stay in the processor's cache where the flows do not. Each flow stands in one of three lists, longest silent first, whose heads
/// are the next to end. Not thread-safe.</remarks>
internal sealed class PacketFlowTable : IDisposable
{
    private const int None = -1;
    private const int FirstCapacity = 1024;

    // Which flows share a bucket must not be known outside, or one could send flows that all do.
    private static readonly ulong Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1;

    private readonly FlowReadTarget _target;
    private readonly FragmentTable _fragments = new();
    private readonly FlowDraft _draft = new();
    private readonly long[] _timeouts;
    private readonly long _activeTimeout;
    private readonly int _maxOpen;
    private readonly int[] _oldest = [None, None, None];
    private readonly int[] _newest = [None, None, None];
    private PacketFlow[] _flows;
    private Chained[] _chains;
    private int[] _buckets;
    private int _bucketMask;
    private int _used;
    private int _free = None;

    public PacketFlowTable(FlowReadTarget target, PacketFlowOptions options)
    {
        _target = target;
        _timeouts = [Microseconds(options.ClosedTimeout), Microseconds(options.IdleTimeout), Microseconds(options.EstablishedTimeout)];
        _activeTimeout = Microseconds(options.ActiveTimeout);
        _maxOpen = options.MaxOpenFlows;
        _flows = ArrayPool<PacketFlow>.Shared.Rent(Math.Min(FirstCapacity, _maxOpen));
        _chains = ArrayPool<Chained>.Shared.Rent(_flows.Length);
        _buckets = ArrayPool<int>.Shared.Rent(FirstCapacity);
        ClearBuckets(FirstCapacity);
    }

    /// <summary>Flows that have not ended.</summary>
    public int OpenCount { get; private set; }

    /// <summary>Takes one packet.</summary>
    /// <param name="packet">Its headers; the ports of a later fragment are filled in.</param>
    /// <param name="frame">Its bytes.</param>
    /// <param name="time">Microseconds since 1970.</param>
    /// <param name="number">Its place in the capture, from 1.</param>
    public void Add(ref Packet packet, ReadOnlySpan<byte> frame, long time, int number)
    {
        if (packet.IsFragment)
        {
            _fragments.Resolve(ref packet, time);
        }

        EndSilent(time);
        var hash = HashOf(packet);
        var index = Find(packet, hash, out var isForward);
        if (index != None && HasEnded(_flows[index], packet, time))
        {
            End(index);
            index = None;
        }

        if (index == None)
        {
            index = Open(packet, hash, time, number, out isForward);
        }
        else if (Math.Max(time, _flows[index].Last) - Math.Min(time, _flows[index].Start) >= _activeTimeout)
        {
            // Also where time creeps backwards, so that no flow lasts longer.
            Emit(_flows[index]);
            _flows[index].Continue(time, number);
        }

        ref var flow = ref _flows[index];
        flow.Add(packet, frame, time, isForward);
        Touch(index, flow.Protocol != IpProtocols.Tcp ? PacketFlowPhase.Idle
            : flow.Tcp.IsClosed ? PacketFlowPhase.Closed
            : flow.Tcp.IsEstablished ? PacketFlowPhase.Established : PacketFlowPhase.Idle);
    }

    /// <summary>The capture has ended, and with it all flows, in the order in which they began.</summary>
    public void EndAll()
    {
        var open = ArrayPool<long>.Shared.Rent(OpenCount);
        try
        {
            var count = 0;
            for (var i = 0; i < _used; i++)
            {
                if (_flows[i].Links.Phase != PacketFlowPhase.Free)
                {
                    open[count++] = ((long)_flows[i].FirstPacket << 32) | (uint)i;
                }
            }

            Array.Sort(open, 0, count);
            for (var i = 0; i < count; i++)
            {
                End((int)open[i]);
            }
        }
        finally
        {
            ArrayPool<long>.Shared.Return(open);
        }
    }

    /// <summary>Gives the memory back. Open flows are forgotten.</summary>
    public void Dispose()
    {
        _fragments.Dispose();
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

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    // A connection that was closed and opened again is another one, and so is what comes after the silence that ends a flow. Time may run
    // backwards where captures were joined.
    private bool HasEnded(in PacketFlow flow, in Packet packet, long time)
    {
        var timeout = _timeouts[(int)flow.Links.Phase];
        return time - flow.Last > timeout || flow.Start - time > timeout
            || (flow.Links.Phase == PacketFlowPhase.Closed && packet.HasTcpHeader
                && (packet.TcpFlags & (TcpFlagLetters.Syn | TcpFlagLetters.Ack)) == TcpFlagLetters.Syn);
    }

    private int Find(in Packet packet, uint hash, out bool isForward)
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

    private int Open(in Packet packet, uint hash, long time, int number, out bool isForward)
    {
        var index = TakeEntry();
        ref var flow = ref _flows[index];
        flow = default;
        var (type, isAnswer) = FlowDirectionGuess.Of(packet);
        isForward = !isAnswer;
        flow.Source = isAnswer ? packet.Destination : packet.Source;
        flow.Destination = isAnswer ? packet.Source : packet.Destination;
        var swapsPorts = isAnswer && type < 0;
        flow.SourcePort = swapsPorts ? packet.DestinationPort : type >= 0 ? (ushort)type : packet.SourcePort;
        flow.DestinationPort = swapsPorts ? packet.SourcePort : packet.DestinationPort;
        flow.Protocol = packet.Protocol;
        flow.HasPorts = packet.HasPorts;
        flow.FirstPacket = number;
        flow.Start = flow.Last = time;
        if (isAnswer)
        {
            flow.Tcp.TurnRound();
        }

        ref var bucket = ref _buckets[(int)hash & _bucketMask];
        _chains[index] = new Chained(hash, bucket);
        bucket = index;
        Append(index, PacketFlowPhase.Idle);
        OpenCount++;
        return index;
    }

    private void EndSilent(long time)
    {
        for (var phase = 0; phase < _oldest.Length; phase++)
        {
            while (_oldest[phase] is var oldest and not None && time - _flows[oldest].Last > _timeouts[phase])
            {
                End(oldest);
            }
        }
    }

    private void End(int index)
    {
        Emit(_flows[index]);
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
        OpenCount--;
    }

    private void Emit(in PacketFlow flow)
    {
        _draft.Clear();
        _draft.Start = flow.Start;
        _draft.Duration = flow.Last - flow.Start;
        _draft.Source = flow.Source;
        _draft.Destination = flow.Destination;
        _draft.SourcePort = flow.HasPorts ? flow.SourcePort : -1;
        _draft.DestinationPort = flow.HasPorts ? flow.DestinationPort : -1;
        _draft.Protocol = flow.Protocol;
        _draft.ForwardPackets = flow.ForwardPackets;
        _draft.ReversePackets = flow.ReversePackets;
        _draft.ForwardBytes = flow.ForwardBytes;
        _draft.ReverseBytes = flow.ReverseBytes;
        _draft.TcpFlags = flow.HasTcpFlags ? flow.TcpFlags : (short)-1;
        _draft.State = flow.State;
        _draft.Service = flow.HasPorts ? flow.Service.NameFor(flow.Protocol, flow.DestinationPort) : null;
        _draft.Accept(_target, flow.FirstPacket);
    }

    // Moves a flow to the newest end of its list.
    private void Touch(int index, PacketFlowPhase phase)
    {
        ref var links = ref _flows[index].Links;
        if (links.Phase == phase && _newest[(int)phase] == index)
        {
            return;
        }

        Unlink(links);
        Append(index, phase);
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

    private int TakeEntry()
    {
        if (OpenCount == _maxOpen)
        {
            foreach (var oldest in _oldest)
            {
                if (oldest != None)
                {
                    End(oldest);
                    _target.Skip("flow ended early");
                    break;
                }
            }
        }

        if (_free != None)
        {
            var index = _free;
            _free = _chains[index].Next;
            return index;
        }

        if (_used == _flows.Length)
        {
            Grow();
        }

        return _used++;
    }

    private void Grow()
    {
        var capacity = Math.Min(_flows.Length * 2, Math.Max(_maxOpen, _flows.Length + 1));
        Move(ref _flows, capacity);
        Move(ref _chains, _flows.Length);
        var count = (int)BitOperations.RoundUpToPowerOf2((uint)_flows.Length);
        ArrayPool<int>.Shared.Return(_buckets);
        _buckets = ArrayPool<int>.Shared.Rent(count);
        ClearBuckets(count);
        for (var i = 0; i < _used; i++)
        {
            if (_flows[i].Links.Phase != PacketFlowPhase.Free)
            {
                ref var bucket = ref _buckets[(int)_chains[i].Hash & _bucketMask];
                _chains[i].Next = bucket;
                bucket = i;
            }
        }
    }

    private void Move<T>(ref T[] array, int capacity)
    {
        var larger = ArrayPool<T>.Shared.Rent(capacity);
        array.AsSpan(0, _used).CopyTo(larger);
        ArrayPool<T>.Shared.Return(array);
        array = larger;
    }

    private void ClearBuckets(int count)
    {
        _buckets.AsSpan(0, count).Fill(None);
        _bucketMask = count - 1;
    }

    // The same for both directions. Types of ICMP differ between question and answer, so they are left out.
    private static uint HashOf(in Packet packet)
    {
        var withPorts = IpProtocols.HasPorts(packet.Protocol);
        var hash = Mix(packet.Source, withPorts ? packet.SourcePort : 0u) + Mix(packet.Destination, withPorts ? packet.DestinationPort : 0u);
        hash = (hash ^ (hash >> 29)) * Seed;
        return (uint)(hash >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(in IpAddressValue address, uint port)
    {
        var hash = (address.Low ^ BitOperations.RotateLeft(address.High, 17) ^ Seed) * 0x9E3779B97F4A7C15;
        hash = (hash ^ (hash >> 32) ^ port) * 0xC2B2AE3D27D4EB4F;
        return hash ^ (hash >> 29);
    }

    // An entry of a chain beside its flow; -1 for no next.
    private struct Chained(uint hash, int next)
    {
        public readonly uint Hash = hash;
        public int Next = next;
    }
}
