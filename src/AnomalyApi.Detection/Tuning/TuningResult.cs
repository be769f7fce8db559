namespace AnomalyApi.Detection.Tuning;

/// <summary>What a search found.</summary>
/// <param name="Metric">What was compared.</param>
/// <param name="Trials">Every fit, in order of round and number.</param>
/// <param name="Best">The best trial with all fitting rows; of equals the one with the lowest number. Null when all failed.</param>
public sealed record TuningResult(TuningMetric Metric, IReadOnlyList<TuningTrial> Trials, TuningTrial? Best);
