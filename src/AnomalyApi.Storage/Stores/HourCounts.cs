namespace AnomalyApi.Storage.Stores;

/// <summary>What came in during one hour.</summary>
/// <param name="Hour">Its start, UTC.</param>
/// <param name="Flows">Flows stored.</param>
/// <param name="Rejected">Records refused.</param>
/// <param name="Anomalies">Anomalies stored.</param>
public sealed record HourCounts(DateTime Hour, long Flows, long Rejected, long Anomalies);
