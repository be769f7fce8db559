namespace AnomalyApi.Storage.Rows;

/// <summary>When trainings run by themselves.</summary>
public sealed class ScheduleRow
{
    /// <summary>Unique.</summary>
    public required string Name { get; set; }

    /// <summary>A cron expression.</summary>
    public required string Cron { get; set; }

    /// <summary>The IANA time zone the expression is read in.</summary>
    public required string TimeZone { get; set; }

    /// <summary>Whether it rests.</summary>
    public bool Paused { get; set; }

    /// <summary>JSON: the training to run.</summary>
    public string Request { get; set; } = "{}";

    /// <summary>UTC.</summary>
    public DateTime? LastFiredAt { get; set; }

    /// <summary>UTC.</summary>
    public DateTime UpdatedAt { get; set; }
}
