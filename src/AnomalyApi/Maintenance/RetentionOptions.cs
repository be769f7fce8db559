using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Maintenance;

/// <summary>How long rows are kept.</summary>
internal sealed record RetentionOptions
{
    /// <summary>Flows, from arrival, from 1 hour to 10 years. PostgreSQL removes whole days. The default is 30 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3653.00:00:00")]
    public TimeSpan Flows { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Anomalies, from detection, from 1 hour to 10 years. The default is 365 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3653.00:00:00")]
    public TimeSpan Anomalies { get; init; } = TimeSpan.FromDays(365);

    /// <summary>How late a batch may be sent again and still be recognised, from 1 hour to 30 days. The default is 2 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "30.00:00:00")]
    public TimeSpan Batches { get; init; } = TimeSpan.FromDays(2);

    /// <summary>Trainings that have ended, from 1 hour to 10 years. The default is 90 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3653.00:00:00")]
    public TimeSpan Trainings { get; init; } = TimeSpan.FromDays(90);

    /// <summary>What became of captures that have ended, from 1 hour to 10 years. The default is 90 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3653.00:00:00")]
    public TimeSpan Captures { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Counts by hour, from 1 day to 10 years. The default is 400 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3653.00:00:00")]
    public TimeSpan Stats { get; init; } = TimeSpan.FromDays(400);

    /// <summary>Newest models, from 2 to 1,000. The live one and the one before it are kept in any case. The default is 20.</summary>
    [Range(2, 1_000)]
    public int Models { get; init; } = 20;

    /// <summary>How often old rows are removed, from 1 min to 1 day. The default is 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromHours(1);
}
