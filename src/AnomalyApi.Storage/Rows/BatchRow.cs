namespace AnomalyApi.Storage.Rows;

/// <summary>A batch that carried a key, kept so that sending it again changes nothing.</summary>
public sealed class BatchRow
{
    /// <summary>Within which keys are unique: the API key, or the sensor.</summary>
    public required string Scope { get; set; }

    /// <summary>The sender's key.</summary>
    public required string Key { get; set; }

    /// <summary>SHA-256 of the body.</summary>
    public required byte[] BodyHash { get; set; }

    /// <summary>The answer the batch got.</summary>
    public required byte[] Answer { get; set; }

    /// <summary>The name the batch got.</summary>
    public required string BatchId { get; set; }

    /// <summary>When it was received, UTC.</summary>
    public DateTime CreatedAt { get; set; }
}
