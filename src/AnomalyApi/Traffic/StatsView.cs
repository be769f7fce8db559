using AnomalyApi.Ingest;
using AnomalyApi.Storage.Stores;

namespace AnomalyApi.Traffic;

/// <summary>What came in, what was found, and what scores.</summary>
internal sealed record StatsView
{
    /// <summary>First moment that is counted.</summary>
    public required DateTime From { get; init; }

    /// <summary>End of what is counted.</summary>
    public required DateTime To { get; init; }

    /// <summary>Flows stored.</summary>
    public required long Flows { get; init; }

    /// <summary>Lines refused.</summary>
    public required long Rejected { get; init; }

    /// <summary>Anomalies found.</summary>
    public required long Anomalies { get; init; }

    /// <summary>Anomalies by severity: low, medium, high, critical.</summary>
    public required IReadOnlyDictionary<string, long> AnomaliesBySeverity { get; init; }

    /// <summary>The same counts for each hour in which something came in.</summary>
    public required IReadOnlyList<HourCounts> Hours { get; init; }

    /// <summary>When the oldest stored flow was received.</summary>
    public required DateTime? OldestFlow { get; init; }

    /// <summary>When the newest stored flow was received.</summary>
    public required DateTime? NewestFlow { get; init; }

    /// <summary>The live model.</summary>
    public required int? ModelVersion { get; init; }

    /// <summary>How far the service is from its first model.</summary>
    public required LearningStatus LearningStatus { get; init; }
}
