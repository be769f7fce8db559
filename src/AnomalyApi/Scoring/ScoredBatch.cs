using AnomalyApi.Storage.Writing;

namespace AnomalyApi.Scoring;

/// <summary>What one model version said of a batch; the scores themselves are in the batch.</summary>
/// <param name="ModelVersion">The version that scored all of it; null while there is no model.</param>
/// <param name="Threshold">Score from which a flow is an anomaly; null while there is no model.</param>
/// <param name="Anomalies">Those among its flows, in order, without ids.</param>
internal sealed record ScoredBatch(int? ModelVersion, float? Threshold, List<AnomalyToStore> Anomalies)
{
    /// <summary>What a batch gets before there is a model.</summary>
    public static ScoredBatch Unscored { get; } = new(null, null, []);
}
