using AnomalyApi.Flows;
using AnomalyApi.Scoring;

namespace AnomalyApi.Ingest;

/// <summary>What the service made of a batch.</summary>
/// <param name="Flows">The flows that are stored: those of the batch without duplicates, with their scores.</param>
/// <param name="Scored">What the model said of them.</param>
/// <param name="BatchId">Name of the stored batch; null when nothing is stored.</param>
/// <param name="DuplicateRows">Rows of the batch as it was read that another sensor had reported, ascending.</param>
internal sealed record IntakeOutcome(FlowBatch Flows, ScoredBatch Scored, string? BatchId, IReadOnlyList<int> DuplicateRows);
