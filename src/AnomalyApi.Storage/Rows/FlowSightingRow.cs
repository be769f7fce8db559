namespace AnomalyApi.Storage.Rows;

/// <summary>Another sensor that saw a stored flow.</summary>
public sealed class FlowSightingRow
{
    /// <summary>The flow as it was stored first.</summary>
    public long FlowId { get; set; }

    /// <summary>Who saw it too.</summary>
    public required string Sensor { get; set; }

    /// <summary>When the service was told, UTC.</summary>
    public DateTime ReceivedAt { get; set; }
}
