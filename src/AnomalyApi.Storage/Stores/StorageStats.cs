namespace AnomalyApi.Storage.Stores;

/// <summary>Counts for people and dashboards.</summary>
/// <param name="Hours">Hours in which something came in, oldest first.</param>
/// <param name="AnomaliesBySeverity">Anomalies detected in the window; severities without any are absent.</param>
/// <param name="OldestFlow">When the oldest stored flow was received, UTC; null when none is stored.</param>
/// <param name="NewestFlow">When the newest stored flow was received, UTC; null when none is stored.</param>
public sealed record StorageStats(
    IReadOnlyList<HourCounts> Hours, IReadOnlyDictionary<byte, long> AnomaliesBySeverity, DateTime? OldestFlow, DateTime? NewestFlow);
