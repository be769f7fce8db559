using System.Numerics;

namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>Joins the records of the two directions of a flow. A record waits for its counterpart until its window passes or too many came behind it.</summary>
/// <remarks>A ring of waiting records in order of arrival, and chains of them by hash of the two endpoints. The room is fixed, so a flood of records costs
/// pairs and never memory. Hashes and links stand in arrays of their own: a search that finds nothing, which is the common one, never leaves the
/// second-level cache.</remarks>
internal sealed class FlowPairing
{
    private const int None = -1;

    // Records of the same endpoints that are looked at: more would let one busy pair of hosts slow down all others.
    private const int LongestSearch = 8;

    private const int FirstCapacity = 256;

    private readonly int _largest;
    private readonly long _window;
    private readonly ulong _seed = (ulong)Random.Shared.NextInt64() | 1;
    private Waiting[] _ring;
    private uint[] _hashes;
    private int[] _links;
    private int[] _backLinks;
    private int[] _heads;
    private long _first;
    private long _next;

    public FlowPairing(NetFlowDecoderOptions options)
    {
        _largest = (int)BitOperations.RoundUpToPowerOf2((uint)options.PairingRecords);
        _window = options.PairingWindow.Ticks / TimeSpan.TicksPerMicrosecond;
        _ring = new Waiting[Math.Min(FirstCapacity, _largest)];
        _hashes = new uint[_ring.Length];
        _links = new int[_ring.Length];
        _backLinks = new int[_ring.Length];
        _heads = new int[_ring.Length];
        Array.Fill(_heads, None);
    }

    /// <summary>Records that wait.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the other direction may come as a record of its own.</summary>
    public static bool CanBePaired(in ExportedFlow flow) =>
        flow.IsOneWay && flow.SourcePort >= 0 == flow.DestinationPort >= 0 && flow.Source != flow.Destination
        && !IsToMany(flow.Destination) && (!IcmpTypes.IsIcmp(flow.Protocol) || IcmpTypes.RequestOf(flow.Protocol, flow.SourcePort) >= 0);

    /// <summary>Takes a one-way record: joins it with its counterpart and writes both as one flow, or lets it wait.</summary>
    public void Add(ref ExportedFlow flow, ExportDomain domain, long now, FlowReadTarget target)
    {
        var hash = HashOf(flow, domain, out var isUpward);
        var match = None;
        for (int at = Head(hash), seen = 0; at != None && seen < LongestSearch; at = _links[at], seen++)
        {
            if (_hashes[at] != hash)
            {
                continue;
            }

            ref var other = ref _ring[at];
            if (other.IsUpward != isUpward && other.Domain == domain && IsCounterpart(flow, other.Flow))
            {
                // The oldest of those that fit: slices of a long flow pair in their order.
                match = at;
            }
        }

        if (match != None)
        {
            Join(ref _ring[match].Flow, flow);
            domain.ShowsBothDirections = true;
            domain.Exporter.Paired++;
            Take(match, target);
            return;
        }

        if (_next - _first == _ring.Length && !TryGrow())
        {
            ReleaseFirst(target);
        }

        var slot = (int)(_next++ & (_ring.Length - 1));
        ref var waiting = ref _ring[slot];
        waiting.Flow = flow;
        waiting.Domain = domain;
        waiting.Since = now;
        waiting.IsUpward = isUpward;
        PutInChain(slot, hash);
        Count++;
    }

    /// <summary>Writes the records whose window has passed, and what was joined before them.</summary>
    public void Release(long now, FlowReadTarget target)
    {
        while (_first < _next)
        {
            ref var oldest = ref _ring[(int)(_first & (_ring.Length - 1))];
            if (oldest.Domain is not null && now - oldest.Since <= _window && now >= oldest.Since - _window)
            {
                return;
            }

            ReleaseFirst(target);
        }
    }

    /// <summary>Writes all records that wait.</summary>
    public void Flush(FlowReadTarget target)
    {
        while (_first < _next)
        {
            ReleaseFirst(target);
        }
    }

    private ref int Head(uint hash) => ref _heads[hash & (uint)(_heads.Length - 1)];

    // Small bodies take little room.
    private bool TryGrow()
    {
        if (_ring.Length >= _largest)
        {
            return false;
        }

        var (old, oldHashes) = (_ring, _hashes);
        _ring = new Waiting[old.Length * 2];
        _hashes = new uint[_ring.Length];
        _links = new int[_ring.Length];
        _backLinks = new int[_ring.Length];
        _heads = new int[_ring.Length];
        Array.Fill(_heads, None);
        for (var i = _first; i < _next; i++)
        {
            var slot = (int)(i & (_ring.Length - 1));
            _ring[slot] = old[i & (old.Length - 1)];
            if (_ring[slot].Domain is not null)
            {
                PutInChain(slot, oldHashes[i & (old.Length - 1)]);
            }
        }

        return true;
    }

    private void ReleaseFirst(FlowReadTarget target)
    {
        var slot = (int)(_first++ & (_ring.Length - 1));
        ref var oldest = ref _ring[slot];
        if (oldest.Domain is not { } domain)
        {
            return;
        }

        if (domain.ShowsBothDirections && oldest.Flow.ReversePackets < 0)
        {
            // The exporter tells of answers, and told of none.
            oldest.Flow.ReversePackets = 0;
            oldest.Flow.ReverseBytes = 0;
        }

        Take(slot, target);
    }

    // Out of its chain and into the batch; its place in the ring is passed over later.
    private void Take(int slot, FlowReadTarget target)
    {
        ref var waiting = ref _ring[slot];
        TakeOutOfChain(slot);
        var exporter = waiting.Domain!.Exporter;
        waiting.Domain = null;
        Count--;
        ExportedFlowWriter.Write(waiting.Flow, exporter, target);
    }

    private void PutInChain(int slot, uint hash)
    {
        ref var head = ref Head(hash);
        _hashes[slot] = hash;
        _links[slot] = head;
        _backLinks[slot] = None;
        if (head != None)
        {
            _backLinks[head] = slot;
        }

        head = slot;
    }

    // Linked both ways, since one pair of ends may fill the whole ring.
    private void TakeOutOfChain(int slot)
    {
        var (older, newer) = (_links[slot], _backLinks[slot]);
        if (newer == None)
        {
            Head(_hashes[slot]) = older;
        }
        else
        {
            _links[newer] = older;
        }

        if (older != None)
        {
            _backLinks[older] = newer;
        }
    }

    private bool IsCounterpart(in ExportedFlow flow, in ExportedFlow other) =>
        flow.Protocol == other.Protocol && flow.Source == other.Destination && flow.Destination == other.Source
        && (IcmpTypes.IsIcmp(flow.Protocol)
            ? IcmpTypes.RequestOf(flow.Protocol, flow.SourcePort) == IcmpTypes.RequestOf(flow.Protocol, other.SourcePort)
            : flow.SourcePort == other.DestinationPort && flow.DestinationPort == other.SourcePort)
        && flow.Start - other.End <= _window && other.Start - flow.End <= _window;

    // Writes the joined flow over the first record.
    private static void Join(ref ExportedFlow first, in ExportedFlow second)
    {
        var start = Math.Min(first.Start, second.Start);
        var duration = (first.Duration & second.Duration) < 0 ? -1 : Math.Max(first.End, second.End) - start;
        first.ReversePackets = second.ForwardPackets;
        first.ReverseBytes = second.ForwardBytes;
        first.ReverseFlags = second.ForwardFlags;
        first.SamplingInterval = Math.Max(first.SamplingInterval, second.SamplingInterval);
        if (!IsOriginator(first, second))
        {
            first.TurnAround();
            if (IcmpTypes.IsIcmp(first.Protocol))
            {
                (first.SourcePort, first.DestinationPort) = (second.SourcePort, second.DestinationPort);
            }
        }

        first.Start = start;
        first.Duration = duration;
    }

    // Who began: whose packet came first; who opened a connection; who asked; who speaks from the higher port.
    private static bool IsOriginator(in ExportedFlow first, in ExportedFlow second)
    {
        if (first.Start != second.Start)
        {
            return first.Start < second.Start;
        }

        if (IcmpTypes.IsIcmp(first.Protocol))
        {
            return first.SourcePort == IcmpTypes.RequestOf(first.Protocol, first.SourcePort);
        }

        var firstOpens = Opens(first.ForwardFlags);
        return firstOpens != Opens(second.ForwardFlags) ? firstOpens : first.SourcePort >= first.DestinationPort;
    }

    private static bool Opens(short flags) => flags > 0 && (flags & (TcpFlagLetters.Syn | TcpFlagLetters.Ack)) == TcpFlagLetters.Syn;

    // Multicast and broadcast are never answered by the address they go to.
    private static bool IsToMany(in IpAddressValue address) =>
        address.IsIPv4 ? (uint)address.Low >= 0xE000_0000 : address.High >> 56 == 0xFF;

    private uint HashOf(in ExportedFlow flow, ExportDomain domain, out bool isUpward)
    {
        var order = flow.Source.CompareTo(flow.Destination);
        isUpward = order < 0;
        ref readonly var low = ref isUpward ? ref flow.Source : ref flow.Destination;
        ref readonly var high = ref isUpward ? ref flow.Destination : ref flow.Source;
        var ports = IcmpTypes.IsIcmp(flow.Protocol) ? 0
            : isUpward ? ((ulong)(ushort)flow.SourcePort << 16) | (ushort)flow.DestinationPort
            : ((ulong)(ushort)flow.DestinationPort << 16) | (ushort)flow.SourcePort;
        var hash = Mix(_seed ^ low.High, low.Low);
        hash = Mix(hash ^ high.High, high.Low);
        hash = Mix(hash ^ (ports << 8) ^ flow.Protocol, domain.Id ^ _seed);
        return (uint)(hash >> 32) ^ (uint)hash;
    }

    // Folded multiplication: both halves of the product, so that no input bit is lost.
    private static ulong Mix(ulong left, ulong right)
    {
        var high = Math.BigMul(left ^ 0x9E37_79B9_7F4A_7C15, right ^ 0xD6E8_FEB8_6659_FD93, out var low);
        return high ^ low;
    }

    private struct Waiting
    {
        public ExportedFlow Flow;
        public ExportDomain? Domain;
        public long Since;
        public bool IsUpward;
    }
}
