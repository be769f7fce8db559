using System.Buffers;
using System.IO.Pipelines;

namespace AnomalyApi.Flows.Formats;

/// <summary>Takes a binary body in pieces of a known length as it arrives. Holds nothing but the piece that is being waited for.</summary>
/// <remarks><c>while (await bytes.FillAsync(token)) { while (bytes.TryTake(8, out var header)) { ... } }</c></remarks>
internal sealed class PipeBytes(PipeReader pipe) : IDisposable
{
    private readonly PipeSegments _segments = new(pipe);
    private byte[] _held = [];
    private int _heldLength;
    private bool _heldTaken;
    private int _position;

    /// <summary>Bytes taken and skipped so far: the offset in the body of what comes next.</summary>
    public long Offset { get; private set; }

    /// <summary>Bytes that arrived behind <see cref="Offset"/> and were not enough for the last <see cref="TryTake"/>.</summary>
    public int Waiting => _heldTaken ? 0 : _heldLength;

    /// <summary>Waits for more; false at the end of the body.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        _position = 0;
        return await _segments.NextAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The next <paramref name="count"/> bytes, valid until the next call; false when more must be waited for, and then the same count
    /// must be asked for again.</summary>
    public bool TryTake(int count, out ReadOnlySpan<byte> bytes)
    {
        if (_heldTaken)
        {
            _heldTaken = false;
            _heldLength = 0;
        }

        var rest = _segments.Current.Span[_position..];
        if (_heldLength == 0 && rest.Length >= count)
        {
            bytes = rest[..count];
            _position += count;
            Offset += count;
            return true;
        }

        var piece = rest[..Math.Min(rest.Length, count - _heldLength)];
        Hold(piece, count);
        _position += piece.Length;
        if (_heldLength < count)
        {
            bytes = default;
            return false;
        }

        // Cleared with the next call, since the caller still reads it.
        _heldTaken = true;
        bytes = _held.AsSpan(0, count);
        Offset += count;
        return true;
    }

    /// <summary>Leaves out up to <paramref name="count"/> bytes of those that are there, and returns how many.</summary>
    /// <remarks>Not while a <see cref="TryTake"/> is waiting.</remarks>
    public int Skip(long count)
    {
        var skipped = (int)Math.Min(count, _segments.Current.Length - _position);
        _position += skipped;
        Offset += skipped;
        return skipped;
    }

    /// <summary>Gives buffers back, and the pipe to its owner.</summary>
    public void Dispose()
    {
        _segments.Dispose();
        if (_held.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_held);
            _held = [];
        }
    }

    private void Hold(ReadOnlySpan<byte> piece, int count)
    {
        if (_held.Length < _heldLength + piece.Length)
        {
            // Room for what has arrived and not for what was announced: a forged length must not cost memory.
            var larger = ArrayPool<byte>.Shared.Rent(Math.Min(Math.Max(count, 64), Math.Max(2 * _held.Length, _heldLength + piece.Length)));
            _held.AsSpan(0, _heldLength).CopyTo(larger);
            if (_held.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_held);
            }

            _held = larger;
        }

        piece.CopyTo(_held.AsSpan(_heldLength));
        _heldLength += piece.Length;
    }
}
