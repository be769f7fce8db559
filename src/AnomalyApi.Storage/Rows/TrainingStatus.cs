namespace AnomalyApi.Storage.Rows;

/// <summary>The states of a training, as stored and as shown.</summary>
public static class TrainingStatus
{
    /// <summary>Waits for a process.</summary>
    public const string Queued = "queued";

    /// <summary>A process works on it.</summary>
    public const string Running = "running";

    /// <summary>Made a model.</summary>
    public const string Succeeded = "succeeded";

    /// <summary>Ended with an error.</summary>
    public const string Failed = "failed";

    /// <summary>Stopped on request.</summary>
    public const string Cancelled = "cancelled";
}
