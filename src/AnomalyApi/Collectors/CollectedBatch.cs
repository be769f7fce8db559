using AnomalyApi.Flows;

namespace AnomalyApi.Collectors;

/// <summary>Flows that a collector gathered.</summary>
/// <param name="Flows">Whoever takes the batch disposes of them.</param>
/// <param name="Rejected">Records and datagrams that were refused meanwhile.</param>
internal sealed record CollectedBatch(FlowBatch Flows, int Rejected);
