namespace AnomalyApi.Storage.Stores;

/// <summary>How long each kind of row is kept; null for ever.</summary>
public sealed record RetentionLimits
{
    /// <summary>Flows, by the time they were received. PostgreSQL deletes whole days.</summary>
    public TimeSpan? Flows { get; init; }

    /// <summary>Anomalies, by the time they were detected.</summary>
    public TimeSpan? Anomalies { get; init; }

    /// <summary>Keys of batches: how late a batch may be sent again and be recognised.</summary>
    public TimeSpan? Batches { get; init; }

    /// <summary>Trainings that have ended.</summary>
    public TimeSpan? Trainings { get; init; }

    /// <summary>Captures that have ended.</summary>
    public TimeSpan? Captures { get; init; }

    /// <summary>Counts by hour.</summary>
    public TimeSpan? IngestHours { get; init; }

    /// <summary>Newest models to keep of each name. The active one and the one a rollback goes to are kept in any case.</summary>
    public int? Models { get; init; }
}
