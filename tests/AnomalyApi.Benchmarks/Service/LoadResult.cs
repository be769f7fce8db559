namespace AnomalyApi.Benchmarks.Service;

/// <summary>What one load gave.</summary>
/// <param name="BatchFlows">Flows in each batch.</param>
/// <param name="Clients">Clients at once.</param>
/// <param name="FlowsPerSecond">Flows acknowledged in a second.</param>
/// <param name="P50Milliseconds">Median time to the answer.</param>
/// <param name="P99Milliseconds">99 % of the answers came within.</param>
internal sealed record LoadResult(int BatchFlows, int Clients, double FlowsPerSecond, double P50Milliseconds, double P99Milliseconds);
