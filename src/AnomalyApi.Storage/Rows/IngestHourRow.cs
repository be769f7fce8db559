namespace AnomalyApi.Storage.Rows;

/// <summary>What one writer stored in one hour. Writers have rows of their own so that they never wait for each other.</summary>
public sealed class IngestHourRow
{
    /// <summary>Start of the hour, UTC.</summary>
    public DateTime Hour { get; set; }

    /// <summary>The writer.</summary>
    public required string Writer { get; set; }

    /// <summary>Flows stored.</summary>
    public long Flows { get; set; }

    /// <summary>Records refused.</summary>
    public long Rejected { get; set; }

    /// <summary>Anomalies stored.</summary>
    public long Anomalies { get; set; }
}
