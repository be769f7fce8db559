namespace AnomalyApi.Storage.Rows;

/// <summary>A file that was handed in to be read in the background.</summary>
public sealed class CaptureRow
{
    /// <summary>A UUID.</summary>
    public required string Id { get; set; }

    /// <summary>The folder in which the file waits, one of each data directory.</summary>
    public required string Spool { get; set; }

    /// <summary>The file's name where it came from.</summary>
    public required string FileName { get; set; }

    /// <summary>Its size.</summary>
    public long Bytes { get; set; }

    /// <summary>Sensor of flows that do not name one.</summary>
    public string? Sensor { get; set; }

    /// <summary>Which column of a CSV file holds what.</summary>
    public string? ColumnMap { get; set; }

    /// <summary>One of <see cref="JobStatus"/>.</summary>
    public string Status { get; set; } = JobStatus.Queued;

    /// <summary>Readings that were begun and neither ended nor were given back.</summary>
    public int Attempts { get; set; }

    /// <summary>How much of the file was read, before unpacking.</summary>
    public long BytesRead { get; set; }

    /// <summary>The format that was recognised.</summary>
    public string? Format { get; set; }

    /// <summary>Flows that were taken, duplicates among them.</summary>
    public long Accepted { get; set; }

    /// <summary>Flows that another sensor had reported.</summary>
    public long Duplicates { get; set; }

    /// <summary>Records that were refused.</summary>
    public long Rejected { get; set; }

    /// <summary>Anomalies found.</summary>
    public long Anomalies { get; set; }

    /// <summary>JSON: the first refused records, and why.</summary>
    public string Rejections { get; set; } = "[]";

    /// <summary>JSON: records that are no flows, by kind.</summary>
    public string Skipped { get; set; } = "{}";

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

    /// <summary>Who handed it in.</summary>
    public string? RequestedBy { get; set; }
}
