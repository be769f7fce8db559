using System.IO.Pipelines;

namespace AnomalyApi.Flows.Formats;

/// <summary>A body that does something before each wait for more of it: then a format holds nothing but whole flows, and they can be taken from it.</summary>
/// <param name="inner">The body; stays the caller's.</param>
/// <param name="beforeReading">Called before each read; may empty the batch that is being filled.</param>
public sealed class PausingPipeReader(PipeReader inner, Func<CancellationToken, ValueTask> beforeReading) : PipeReader
{
    /// <inheritdoc/>
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        await beforeReading(cancellationToken).ConfigureAwait(false);
        return await inner.ReadAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

    /// <inheritdoc/>
    public override void CancelPendingRead() => inner.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => inner.Complete(exception);
}
