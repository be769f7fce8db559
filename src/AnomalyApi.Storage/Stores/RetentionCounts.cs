namespace AnomalyApi.Storage.Stores;

/// <summary>How many rows of each kind were deleted.</summary>
public sealed record RetentionCounts(
    long Flows, long FlowSightings, long Anomalies, long Batches, long Trainings, long Captures, long IngestHours, long Models);
