using System.IO.Pipelines;

namespace AnomalyApi.Captures;

/// <summary>A body that does something before each wait for more of it: then a format holds nothing but whole flows, and they can be taken from it.</summary>
internal sealed class PausingPipeReader(PipeReader inner, Func<CancellationToken, ValueTask> beforeReading) : PipeReader
{
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        await beforeReading(cancellationToken);
        return await inner.ReadAsync(cancellationToken);
    }

    public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);
}
