using System.Text.Json;
using AnomalyApi.Storage.Rows;

namespace AnomalyApi.Training;

/// <summary>One training: what was asked for, how far it is, and what came out.</summary>
internal sealed record TrainingView
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>queued, running, succeeded, failed or cancelled.</summary>
    /// <example>running</example>
    public required string Status { get; init; }

    /// <summary>queued, starting, reading, fitting, storing, activating, done; and when it has ended, the status.</summary>
    /// <example>fitting</example>
    public required string Stage { get; init; }

    /// <summary>0 to 1.</summary>
    /// <example>0.42</example>
    public required double Progress { get; init; }

    /// <summary>manual, schedule or first.</summary>
    public required string Trigger { get; init; }

    /// <summary>What was asked for; absent fields stand for their defaults.</summary>
    public required TrainingRequest Request { get; init; }

    /// <summary>Id of the key or name of the schedule that asked.</summary>
    public required string? RequestedBy { get; init; }

    /// <summary>What it says of itself, oldest first.</summary>
    public required IReadOnlyList<TrainingLogLine> Log { get; init; }

    /// <summary>What came out; absent until it succeeded.</summary>
    public required TrainingMetrics? Metrics { get; init; }

    /// <summary>The model it made.</summary>
    public required int? ModelVersion { get; init; }

    /// <summary>Why it failed.</summary>
    public required string? Error { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When it began.</summary>
    public required DateTime? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTime? FinishedAt { get; init; }

    public static TrainingView Of(TrainingRow row) => new()
    {
        Id = row.Id,
        Status = row.Status,
        Stage = row.Stage,
        Progress = row.Progress,
        Trigger = row.Trigger,
        Request = JsonSerializer.Deserialize<TrainingRequest>(row.Request, TrainingQueue.Json)!,
        RequestedBy = row.RequestedBy,
        Log = [.. row.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<TrainingLogLine>(line, TrainingQueue.Json)!)],
        Metrics = row.Metrics is null ? null : JsonSerializer.Deserialize<TrainingMetrics>(row.Metrics, TrainingQueue.Json),
        ModelVersion = row.ModelVersion,
        Error = row.Error,
        CreatedAt = row.CreatedAt,
        StartedAt = row.StartedAt,
        FinishedAt = row.FinishedAt,
    };
}
