using System.Buffers;
using System.IO.Pipelines;

namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>Splits a body into the datagrams that stand in it one behind the other, and finds the next one behind a damage.</summary>
internal sealed class DatagramStream : IDisposable
{
    // Two datagrams of the longest kind, so that what stands behind the first can be looked at.
    private const int Capacity = 2 * 65_536;

    private readonly PipeSegments _segments;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(Capacity);
    private ReadOnlyMemory<byte> _piece;
    private int _start;
    private int _end;
    private bool _atEnd;
    private bool _isLost;
    private long _consumed;
    private long _damagedSoFar;

    public DatagramStream(PipeReader pipe) => _segments = new PipeSegments(pipe);

    /// <summary>Where the datagram read last stands in the body, in bytes.</summary>
    public long Offset { get; private set; }

    /// <summary>Bytes that are no datagram, in front of the one read last or at the end of the body; 0 when none.</summary>
    public long Damaged { get; private set; }

    private ReadOnlySpan<byte> Rest => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Waits for more; false when the body is at its end and all of it was read.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_atEnd)
        {
            return false;
        }

        Rest.CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_piece.IsEmpty)
        {
            _atEnd = !await _segments.NextAsync(cancellationToken).ConfigureAwait(false);
            _piece = _segments.Current;
        }

        // What is left undecided is shorter than the buffer: no datagram and what is looked at behind it takes all of it.
        var count = Math.Min(_piece.Length, _buffer.Length - _end);
        _piece.Span[..count].CopyTo(_buffer.AsSpan(_end));
        _piece = _piece[count..];
        _end += count;
        return true;
    }

    /// <summary>The next datagram, valid until <see cref="FillAsync"/>; false when more must be waited for, or the end of the body was reached.</summary>
    public bool TryRead(out ReadOnlySpan<byte> datagram)
    {
        Damaged = 0;
        while (_start < _end)
        {
            var length = _isLost ? DatagramFraming.MeasureAmidDamage(Rest, _atEnd) : DatagramFraming.Measure(Rest, _atEnd);
            if (length > 0)
            {
                _isLost = false;
                datagram = Rest[..length];
                Damaged = _damagedSoFar;
                _damagedSoFar = 0;
                Offset = _consumed;
                Consume(length);
                return true;
            }

            if (length == DatagramFraming.NeedsMore)
            {
                break;
            }

            _isLost = true;
            SkipDamage();
        }

        datagram = default;
        if (_atEnd)
        {
            _damagedSoFar += _end - _start;
            Consume(_end - _start);
            Damaged = _damagedSoFar;
            Offset = _consumed;
            _damagedSoFar = 0;
        }

        return false;
    }

    /// <summary>Gives buffers back, and the pipe to its owner.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _segments.Dispose();
    }

    // To the next byte that may begin a header: the high byte of every version is zero.
    private void SkipDamage()
    {
        var next = Rest[1..].IndexOf((byte)0);
        var count = next < 0 ? Rest.Length : next + 1;
        _damagedSoFar += count;
        Consume(count);
    }

    private void Consume(int count)
    {
        _start += count;
        _consumed += count;
    }
}
