namespace AnomalyApi.Storage.Stores;

/// <summary>Which anomalies to find, by the time they were detected.</summary>
public sealed record AnomalyQuery : TrafficQuery
{
    /// <summary>Severity at least this: 1 low, 2 medium, 3 high, 4 critical.</summary>
    public byte? MinSeverity { get; init; }

    /// <summary>What was done about it.</summary>
    public string? Status { get; init; }
}
