namespace AnomalyApi.Storage.Rows;

/// <summary>One run that makes a scoring model.</summary>
public sealed class TrainingRow
{
    /// <summary>A UUID.</summary>
    public required string Id { get; set; }

    /// <summary>The name of the models it makes.</summary>
    public required string ModelName { get; set; }

    /// <summary>One of <see cref="JobStatus"/>.</summary>
    public string Status { get; set; } = JobStatus.Queued;

    /// <summary>What it is doing.</summary>
    public string Stage { get; set; } = "queued";

    /// <summary>From 0 to 1.</summary>
    public double Progress { get; set; }

    /// <summary><c>manual</c>, <c>schedule</c>, <c>first</c> or <c>recalibration</c>.</summary>
    public required string Trigger { get; set; }

    /// <summary>What is made: <c>trained</c> or <c>recalibrated</c>.</summary>
    public required string Kind { get; set; }

    /// <summary>JSON: what was asked for.</summary>
    public string Request { get; set; } = "{}";

    /// <summary>JSON lines, oldest first.</summary>
    public string Log { get; set; } = "";

    /// <summary>JSON: what came out.</summary>
    public string? Metrics { get; set; }

    /// <summary>The model it made.</summary>
    public int? ModelVersion { get; set; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; set; }

    /// <summary>Whether somebody asked it to stop.</summary>
    public bool CancelRequested { get; set; }

    /// <summary>UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>UTC.</summary>
    public DateTime? StartedAt { get; set; }

    /// <summary>UTC.</summary>
    public DateTime? FinishedAt { get; set; }

    /// <summary>The process that runs it.</summary>
    public string? Owner { get; set; }

    /// <summary>Who asked for it.</summary>
    public string? RequestedBy { get; set; }
}
