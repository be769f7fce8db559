using AnomalyApi.Scoring;

namespace AnomalyApi.Ingest;

/// <summary>What the service made of a batch.</summary>
/// <param name="Scored">What the model said of the flows that are left.</param>
/// <param name="BatchId">Name of the stored batch; null when nothing is stored.</param>
/// <param name="DuplicateRows">Rows of the batch as it was read that another sensor had reported, ascending; they are no longer in it.</param>
internal sealed record IntakeOutcome(ScoredBatch Scored, string? BatchId, IReadOnlyList<int> DuplicateRows);
