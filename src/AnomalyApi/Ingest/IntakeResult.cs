using AnomalyApi.Storage.Writing;

namespace AnomalyApi.Ingest;

/// <summary>What became of a batch.</summary>
/// <param name="Commit">Whether it is stored, and with a replay the first answer.</param>
/// <param name="Made">What the service made of the batch.</param>
/// <param name="Answer">What <see cref="IntakeBatch.Answer"/> gave.</param>
internal sealed record IntakeResult(CommitResult Commit, IntakeOutcome Made, ReadOnlyMemory<byte> Answer)
{
    public CommitOutcome Outcome => Commit.Outcome;
}
