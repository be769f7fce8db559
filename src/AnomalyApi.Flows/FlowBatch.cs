using System.Buffers;

namespace AnomalyApi.Flows;

/// <summary>
/// Flows as a struct of arrays: what formats fill, features read and writers store. Element <c>i</c> of every column belongs to flow <c>i</c>.
/// -1 in a numeric column and null in a text column mean that the source did not say.
/// </summary>
/// <remarks>
/// Arrays come from the shared pool: rent with <see cref="Rent"/>, give back with <see cref="Dispose"/>. A column's span is valid until
/// the next <see cref="AddRow"/>. Not thread-safe; concurrent reads are safe while nobody adds.
/// </remarks>
public sealed class FlowBatch : IDisposable
{
    private long[] _start = [];
    private long[] _duration = [];
    private IpAddressValue[] _source = [];
    private IpAddressValue[] _destination = [];
    private int[] _sourcePort = [];
    private int[] _destinationPort = [];
    private byte[] _protocol = [];
    private long[] _forwardPackets = [];
    private long[] _reversePackets = [];
    private long[] _forwardBytes = [];
    private long[] _reverseBytes = [];
    private short[] _tcpFlags = [];
    private ConnectionState[] _state = [];
    private FlowDirection[] _direction = [];
    private string?[] _service = [];
    private string?[] _sensor = [];
    private string?[] _communityId = [];
    private string?[] _label = [];
    private int[] _samplingInterval = [];
    private int[] _line = [];
    private float[] _score = [];
    private int _capacity;

    private FlowBatch()
    {
    }

    /// <summary>Flows in the batch.</summary>
    public int Count { get; private set; }

    /// <summary>Start, UTC microseconds since 1970.</summary>
    public Span<long> StartMicroseconds => _start.AsSpan(0, Count);

    /// <summary>Duration in microseconds, 0 or more; -1 missing.</summary>
    public Span<long> DurationMicroseconds => _duration.AsSpan(0, Count);

    /// <summary>Originators.</summary>
    public Span<IpAddressValue> Source => _source.AsSpan(0, Count);

    /// <summary>Responders.</summary>
    public Span<IpAddressValue> Destination => _destination.AsSpan(0, Count);

    /// <summary>0 to 65535, the ICMP type for ICMP; -1 missing.</summary>
    public Span<int> SourcePort => _sourcePort.AsSpan(0, Count);

    /// <summary>0 to 65535, the ICMP code for ICMP; -1 missing.</summary>
    public Span<int> DestinationPort => _destinationPort.AsSpan(0, Count);

    /// <summary>IANA protocol numbers.</summary>
    public Span<byte> Protocol => _protocol.AsSpan(0, Count);

    /// <summary>Packets from the originator, 0 or more; -1 missing.</summary>
    public Span<long> ForwardPackets => _forwardPackets.AsSpan(0, Count);

    /// <summary>Packets from the responder, 0 or more; -1 missing.</summary>
    public Span<long> ReversePackets => _reversePackets.AsSpan(0, Count);

    /// <summary>Bytes from the originator, 0 or more; -1 missing.</summary>
    public Span<long> ForwardBytes => _forwardBytes.AsSpan(0, Count);

    /// <summary>Bytes from the responder, 0 or more; -1 missing.</summary>
    public Span<long> ReverseBytes => _reverseBytes.AsSpan(0, Count);

    /// <summary>Union of the TCP flags of both sides, 0 to 255, bit 0 FIN; -1 missing.</summary>
    public Span<short> TcpFlags => _tcpFlags.AsSpan(0, Count);

    /// <summary>How the connections went.</summary>
    public Span<ConnectionState> State => _state.AsSpan(0, Count);

    /// <summary>Where the flows go, seen from the local networks.</summary>
    public Span<FlowDirection> Direction => _direction.AsSpan(0, Count);

    /// <summary>Application protocols as the sensors name them.</summary>
    public Span<string?> Service => _service.AsSpan(0, Count);

    /// <summary>Who recorded the flows.</summary>
    public Span<string?> Sensor => _sensor.AsSpan(0, Count);

    /// <summary>Community IDs, as given or computed.</summary>
    public Span<string?> CommunityId => _communityId.AsSpan(0, Count);

    /// <summary>Ground truth of a labelled set.</summary>
    public Span<string?> Label => _label.AsSpan(0, Count);

    /// <summary>Packets of the network for each packet that the exporter looked at, 1 or more: counts are estimates, already multiplied by it. 1 when every
    /// packet was seen.</summary>
    public Span<int> SamplingInterval => _samplingInterval.AsSpan(0, Count);

    /// <summary>Where each flow stood in its source, from 1; 0 when it did not come from one.</summary>
    public Span<int> Line => _line.AsSpan(0, Count);

    /// <summary>Scores from 0 to 100; NaN while unscored.</summary>
    public Span<float> Score => _score.AsSpan(0, Count);

    /// <summary>An empty batch with room for <paramref name="capacity"/> flows before it grows.</summary>
    public static FlowBatch Rent(int capacity = 64)
    {
        var batch = new FlowBatch();
        batch.Grow(Math.Max(capacity, 16));
        return batch;
    }

    /// <summary>Adds a flow in which everything is missing, and returns its index. The required columns must then be set.</summary>
    public int AddRow()
    {
        if (Count == _capacity)
        {
            Grow(_capacity * 2);
        }

        var row = Count++;
        _start[row] = 0;
        _duration[row] = -1;
        _source[row] = default;
        _destination[row] = default;
        _sourcePort[row] = -1;
        _destinationPort[row] = -1;
        _protocol[row] = 0;
        _forwardPackets[row] = -1;
        _reversePackets[row] = -1;
        _forwardBytes[row] = -1;
        _reverseBytes[row] = -1;
        _tcpFlags[row] = -1;
        _state[row] = ConnectionState.Unknown;
        _direction[row] = FlowDirection.Unknown;
        _service[row] = null;
        _sensor[row] = null;
        _communityId[row] = null;
        _label[row] = null;
        _samplingInterval[row] = 1;
        _line[row] = 0;
        _score[row] = float.NaN;
        return row;
    }

    /// <summary>Takes back the last flow added: what a format does when the rest of its line turns out bad.</summary>
    public void DropLast() => Count--;

    /// <summary>Adds copies of <paramref name="count"/> flows of another batch, from <paramref name="first"/> on.</summary>
    public void AddRange(FlowBatch other, int first, int count)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)first, (uint)other.Count, nameof(first));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(other.Count - first), nameof(count));
        if (Count + count > _capacity)
        {
            Grow(Math.Max(_capacity * 2, Count + count));
        }

        other._start.AsSpan(first, count).CopyTo(_start.AsSpan(Count));
        other._duration.AsSpan(first, count).CopyTo(_duration.AsSpan(Count));
        other._source.AsSpan(first, count).CopyTo(_source.AsSpan(Count));
        other._destination.AsSpan(first, count).CopyTo(_destination.AsSpan(Count));
        other._sourcePort.AsSpan(first, count).CopyTo(_sourcePort.AsSpan(Count));
        other._destinationPort.AsSpan(first, count).CopyTo(_destinationPort.AsSpan(Count));
        other._protocol.AsSpan(first, count).CopyTo(_protocol.AsSpan(Count));
        other._forwardPackets.AsSpan(first, count).CopyTo(_forwardPackets.AsSpan(Count));
        other._reversePackets.AsSpan(first, count).CopyTo(_reversePackets.AsSpan(Count));
        other._forwardBytes.AsSpan(first, count).CopyTo(_forwardBytes.AsSpan(Count));
        other._reverseBytes.AsSpan(first, count).CopyTo(_reverseBytes.AsSpan(Count));
        other._tcpFlags.AsSpan(first, count).CopyTo(_tcpFlags.AsSpan(Count));
        other._state.AsSpan(first, count).CopyTo(_state.AsSpan(Count));
        other._direction.AsSpan(first, count).CopyTo(_direction.AsSpan(Count));
        other._service.AsSpan(first, count).CopyTo(_service.AsSpan(Count));
        other._sensor.AsSpan(first, count).CopyTo(_sensor.AsSpan(Count));
        other._communityId.AsSpan(first, count).CopyTo(_communityId.AsSpan(Count));
        other._label.AsSpan(first, count).CopyTo(_label.AsSpan(Count));
        other._samplingInterval.AsSpan(first, count).CopyTo(_samplingInterval.AsSpan(Count));
        other._line.AsSpan(first, count).CopyTo(_line.AsSpan(Count));
        other._score.AsSpan(first, count).CopyTo(_score.AsSpan(Count));
        Count += count;
    }

    /// <summary>Empties the batch and keeps its room.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a copy of <paramref name="flow"/>.</summary>
    public void Add(FlowRecord flow)
    {
        var row = AddRow();
        _start[row] = FlowTime.ToMicroseconds(flow.Start);
        _duration[row] = flow.Duration is { } duration ? duration.Ticks / TimeSpan.TicksPerMicrosecond : -1;
        _source[row] = flow.Source;
        _destination[row] = flow.Destination;
        _sourcePort[row] = flow.SourcePort ?? -1;
        _destinationPort[row] = flow.DestinationPort ?? -1;
        _protocol[row] = flow.Protocol;
        _forwardPackets[row] = flow.ForwardPackets ?? -1;
        _reversePackets[row] = flow.ReversePackets ?? -1;
        _forwardBytes[row] = flow.ForwardBytes ?? -1;
        _reverseBytes[row] = flow.ReverseBytes ?? -1;
        _tcpFlags[row] = flow.TcpFlags is { } flags ? flags : (short)-1;
        _state[row] = flow.State;
        _direction[row] = flow.Direction;
        _service[row] = flow.Service;
        _sensor[row] = flow.Sensor;
        _communityId[row] = flow.CommunityId;
        _label[row] = flow.Label;
        _samplingInterval[row] = flow.SamplingInterval;
    }

    /// <summary>A copy of flow <paramref name="row"/>.</summary>
    public FlowRecord Record(int row) => new()
    {
        Start = FlowTime.FromMicroseconds(_start[row]),
        Duration = _duration[row] < 0 ? null : TimeSpan.FromTicks(_duration[row] * TimeSpan.TicksPerMicrosecond),
        Source = _source[row],
        Destination = _destination[row],
        SourcePort = _sourcePort[row] < 0 ? null : _sourcePort[row],
        DestinationPort = _destinationPort[row] < 0 ? null : _destinationPort[row],
        Protocol = _protocol[row],
        ForwardPackets = NullIfMissing(_forwardPackets[row]),
        ReversePackets = NullIfMissing(_reversePackets[row]),
        ForwardBytes = NullIfMissing(_forwardBytes[row]),
        ReverseBytes = NullIfMissing(_reverseBytes[row]),
        TcpFlags = _tcpFlags[row] < 0 ? null : (byte)_tcpFlags[row],
        State = _state[row],
        Direction = _direction[row],
        Service = _service[row],
        Sensor = _sensor[row],
        CommunityId = _communityId[row],
        Label = _label[row],
        SamplingInterval = _samplingInterval[row],
    };

    /// <summary>Computes the Community ID of every flow that came without one, where the ports it is made of are known.</summary>
    public void FillCommunityIds()
    {
        for (var row = 0; row < Count; row++)
        {
            var needsPorts = Flows.CommunityId.NeedsPorts(_protocol[row]);
            if (_communityId[row] is null && (!needsPorts || (_sourcePort[row] >= 0 && _destinationPort[row] >= 0)))
            {
                _communityId[row] = Flows.CommunityId.Compute(
                    _source[row], _destination[row], _sourcePort[row], _destinationPort[row], _protocol[row]);
            }
        }
    }

    /// <summary>Gives the arrays back. The batch must not be used afterwards.</summary>
    public void Dispose() => Resize(0);

    private static long? NullIfMissing(long value) => value < 0 ? null : value;

    private void Grow(int capacity) => Resize(capacity);

    private void Resize(int capacity)
    {
        Move(ref _start, capacity);
        Move(ref _duration, capacity);
        Move(ref _source, capacity);
        Move(ref _destination, capacity);
        Move(ref _sourcePort, capacity);
        Move(ref _destinationPort, capacity);
        Move(ref _protocol, capacity);
        Move(ref _forwardPackets, capacity);
        Move(ref _reversePackets, capacity);
        Move(ref _forwardBytes, capacity);
        Move(ref _reverseBytes, capacity);
        Move(ref _tcpFlags, capacity);
        Move(ref _state, capacity);
        Move(ref _direction, capacity);
        Move(ref _service, capacity);
        Move(ref _sensor, capacity);
        Move(ref _communityId, capacity);
        Move(ref _label, capacity);
        Move(ref _samplingInterval, capacity);
        Move(ref _line, capacity);
        Move(ref _score, capacity);
        _capacity = capacity;
        Count = Math.Min(Count, capacity);
    }

    private void Move<T>(ref T[] column, int capacity)
    {
        var old = column;
        column = capacity == 0 ? [] : ArrayPool<T>.Shared.Rent(capacity);
        old.AsSpan(0, Math.Min(Count, capacity)).CopyTo(column);
        if (old.Length > 0)
        {
            // Text columns are cleared so that the pool does not keep strings of past batches alive.
            ArrayPool<T>.Shared.Return(old, clearArray: System.Runtime.CompilerServices.RuntimeHelpers.IsReferenceOrContainsReferences<T>());
        }
    }
}
