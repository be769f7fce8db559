namespace AnomalyApi.Storage.Rows;

/// <summary>The states of work that takes long, a training or the reading of a capture, as stored and as shown.</summary>
public static class JobStatus
{
    /// <summary>Waits for a process.</summary>
    public const string Queued = "queued";

    /// <summary>A process works on it.</summary>
    public const string Running = "running";

    /// <summary>Did what was asked for.</summary>
    public const string Succeeded = "succeeded";

    /// <summary>Ended with an error.</summary>
    public const string Failed = "failed";

    /// <summary>Stopped on request.</summary>
    public const string Cancelled = "cancelled";
}
