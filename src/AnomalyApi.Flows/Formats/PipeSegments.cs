using System.Buffers;
using System.IO.Pipelines;

namespace AnomalyApi.Flows.Formats;

/// <summary>The body of a pipe as the pieces it arrived in. Each piece is given back to the pipe when the next is asked for.</summary>
internal sealed class PipeSegments(PipeReader pipe) : IDisposable
{
    private ReadOnlySequence<byte> _buffer;
    private SequencePosition _next;
    private bool _holding;
    private bool _completed;

    /// <summary>The piece to work on, never empty; valid until <see cref="NextAsync"/>.</summary>
    public ReadOnlyMemory<byte> Current { get; private set; }

    /// <summary>Moves to the next piece; false at the end of the body.</summary>
    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (_holding && _buffer.TryGet(ref _next, out var piece))
            {
                if (!piece.IsEmpty)
                {
                    Current = piece;
                    return true;
                }
            }

            Current = default;
            GiveBack();
            if (_completed)
            {
                return false;
            }

            var result = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            _buffer = result.Buffer;
            _next = _buffer.Start;
            _completed = result.IsCompleted;
            _holding = true;
            if (result.IsCanceled)
            {
                throw new OperationCanceledException("Reading the body was cancelled.");
            }
        }
    }

    /// <summary>Leaves the pipe ready for its owner, also when reading stopped in the middle.</summary>
    public void Dispose() => GiveBack();

    private void GiveBack()
    {
        if (_holding)
        {
            _holding = false;
            pipe.AdvanceTo(_buffer.End);
        }
    }
}
