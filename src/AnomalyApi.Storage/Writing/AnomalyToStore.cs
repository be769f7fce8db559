namespace AnomalyApi.Storage.Writing;

/// <summary>An anomaly found in a batch.</summary>
/// <param name="Row">Index of its flow in the batch.</param>
/// <param name="Id">Reserved from <see cref="IdSequence.Anomaly"/>.</param>
/// <param name="Score">From 0 to 100.</param>
/// <param name="PValue">Share of normal traffic that scores at least as high.</param>
/// <param name="Severity">1 low, 2 medium, 3 high, 4 critical.</param>
/// <param name="Threshold">The score from which a flow is an anomaly.</param>
/// <param name="Explanation">JSON.</param>
public readonly record struct AnomalyToStore(
    int Row, long Id, float Score, double PValue, byte Severity, float Threshold, string Explanation);
