using System.IO.Pipelines;
using AnomalyApi.Flows.Formats;

namespace AnomalyApi.Captures;

/// <summary>A body that ends where its packing is damaged, cut short or larger than it may be, so that what came before is read to its end.</summary>
internal sealed class DamageTolerantPipeReader(PipeReader inner) : PipeReader
{
    /// <summary>Why the body ended early; null when it did not.</summary>
    public Exception? Damage { get; private set; }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (Damage is null)
        {
            try
            {
                return await inner.ReadAsync(cancellationToken);
            }
            catch (Exception e) when (e is InvalidDataException or BodyTooLargeException)
            {
                Damage = e;
            }
        }

        return new ReadResult(default, isCanceled: false, isCompleted: true);
    }

    public override bool TryRead(out ReadResult result)
    {
        result = default;
        return Damage is null && inner.TryRead(out result);
    }

    public override void AdvanceTo(SequencePosition consumed)
    {
        if (Damage is null)
        {
            inner.AdvanceTo(consumed);
        }
    }

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (Damage is null)
        {
            inner.AdvanceTo(consumed, examined);
        }
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);
}
