using System.Text.Json;
using AnomalyApi.Storage.Rows;

namespace AnomalyApi.Training;

/// <summary>A schedule and when it fires next.</summary>
internal sealed record ScheduleView
{
    private const int NextRunsShown = 5;

    /// <summary>Its name.</summary>
    /// <example>nightly</example>
    public required string Name { get; init; }

    /// <summary>Crontab expression.</summary>
    /// <example>0 3 * * *</example>
    public required string Cron { get; init; }

    /// <summary>IANA time zone the expression is read in.</summary>
    /// <example>UTC</example>
    public required string TimeZone { get; init; }

    /// <summary>Whether it rests.</summary>
    public required bool Paused { get; init; }

    /// <summary>The training it starts.</summary>
    public required TrainingRequest Training { get; init; }

    /// <summary>The time it fired for last, UTC.</summary>
    public required DateTime? LastFiredAt { get; init; }

    /// <summary>The next five times it will fire, UTC; none while it rests.</summary>
    public required IReadOnlyList<DateTime> NextRuns { get; init; }

    public static ScheduleView Of(ScheduleRow row, DateTimeOffset now)
    {
        var cron = ScheduleCron.Read(row.Cron, row.TimeZone, []);
        return new ScheduleView
        {
            Name = row.Name,
            Cron = row.Cron,
            TimeZone = row.TimeZone,
            Paused = row.Paused,
            Training = JsonSerializer.Deserialize<TrainingRequest>(row.Request, TrainingQueue.Json)!,
            LastFiredAt = row.LastFiredAt,
            NextRuns = row.Paused || cron is null ? [] : ScheduleCron.Next(cron, now, NextRunsShown),
        };
    }
}
