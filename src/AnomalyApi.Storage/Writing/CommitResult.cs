namespace AnomalyApi.Storage.Writing;

/// <summary>What became of a batch, and the first answer when it was sent before.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Answer">With <see cref="CommitOutcome.Replayed"/>: the answer stored with the first one. Else empty.</param>
/// <param name="BatchId">The batch that is stored: this one, or with a replay the first one. Null when none is.</param>
public sealed record CommitResult(CommitOutcome Outcome, ReadOnlyMemory<byte> Answer, string? BatchId)
{
    /// <summary>Too many flows wait already.</summary>
    public static CommitResult QueueFull { get; } = new(CommitOutcome.QueueFull, default, null);

    internal static CommitResult Unavailable { get; } = new(CommitOutcome.Unavailable, default, null);

    internal static CommitResult KeyReused { get; } = new(CommitOutcome.KeyReused, default, null);

    internal static CommitResult Committed(string batchId) => new(CommitOutcome.Committed, default, batchId);

    // The hash tells a batch that is sent again from another one under the same key.
    internal static CommitResult Known(BatchKey key, byte[] bodyHash, byte[] answer, string batchId) =>
        key.BodyHash.Span.SequenceEqual(bodyHash) ? new(CommitOutcome.Replayed, answer, batchId) : KeyReused;
}
