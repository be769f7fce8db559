namespace AnomalyApi.Storage.Writing;

/// <summary>A batch on its way through the writer.</summary>
internal sealed class PendingBatch(BatchToStore batch, IDisposable? encoded)
{
    private readonly TaskCompletionSource<CommitResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    public BatchToStore Batch { get; } = batch;

    public IDisposable? Encoded { get; } = encoded;

    /// <summary>What it counts against the bounds; an empty batch takes room too.</summary>
    public int Weight { get; } = Math.Max(1, batch.Flows.Count);

    /// <summary>Set by the group writer.</summary>
    public CommitResult? Result { get; set; }

    public Task<CommitResult> Completion => _completion.Task;

    /// <summary>The writer takes it; false when it was withdrawn before.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, 1, 0) == 0;

    /// <summary>The sender withdraws it; false when the writer has it already.</summary>
    public bool TryWithdraw() => Interlocked.CompareExchange(ref _state, 2, 0) == 0;

    public void Complete(CommitResult result) => _completion.TrySetResult(result);

    public void Fail(Exception exception) => _completion.TrySetException(exception);
}
