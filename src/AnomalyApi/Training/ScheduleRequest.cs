namespace AnomalyApi.Training;

/// <summary>When trainings run by themselves.</summary>
internal sealed record ScheduleRequest
{
    /// <summary>Five crontab fields (minute, hour, day, month, weekday), or six or seven in Quartz form.</summary>
    /// <example>0 3 * * *</example>
    public required string Cron { get; init; }

    /// <summary>IANA time zone the expression is read in. The default is UTC.</summary>
    /// <example>UTC</example>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Whether it rests.</summary>
    /// <example>false</example>
    public bool Paused { get; init; }

    /// <summary>The training it starts; as for <c>POST /v1/trainings</c>.</summary>
    public TrainingRequest Training { get; init; } = new();
}
