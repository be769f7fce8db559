namespace AnomalyApi.Cli.Sending;

/// <summary>What the service made of one body.</summary>
/// <param name="Accepted">Flows it took.</param>
/// <param name="Rejected">Records it did not take.</param>
/// <param name="Reason">Why it refused the first; null when it refused none.</param>
/// <param name="Anomalies">Line and severity of each anomaly.</param>
/// <param name="IsScored">Whether there was a model.</param>
/// <param name="Latency">From the last attempt's first byte to its answer.</param>
/// <param name="Retries">Attempts before it.</param>
internal sealed record BatchOutcome(
    int Accepted, int Rejected, string? Reason, IReadOnlyList<(int Line, string Severity)> Anomalies, bool IsScored, TimeSpan Latency, int Retries);
