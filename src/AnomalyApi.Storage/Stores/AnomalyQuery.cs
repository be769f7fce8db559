namespace AnomalyApi.Storage.Stores;

/// <summary>Which anomalies to find. What is null does not restrict.</summary>
public sealed record AnomalyQuery
{
    /// <summary>Earliest detection, UTC.</summary>
    public DateTime? From { get; init; }

    /// <summary>Detection before this, UTC.</summary>
    public DateTime? To { get; init; }

    /// <summary>Score at least this.</summary>
    public float? MinScore { get; init; }

    /// <summary>Severity at least this: 1 low, 2 medium, 3 high, 4 critical.</summary>
    public byte? MinSeverity { get; init; }

    /// <summary>Source or destination in this range.</summary>
    public AddressRange? Address { get; init; }

    /// <summary>Source or destination port.</summary>
    public int? Port { get; init; }

    /// <summary>IANA protocol number.</summary>
    public byte? Protocol { get; init; }

    /// <summary>Who recorded the flow.</summary>
    public string? Sensor { get; init; }

    /// <summary>The model that scored it.</summary>
    public int? ModelVersion { get; init; }

    /// <summary>What was done about it.</summary>
    public string? Status { get; init; }

    /// <summary>Only rows behind this one, in the direction of the query.</summary>
    public FeedCursor? After { get; init; }

    /// <summary>Whether the newest come first; else in the order of a feed, oldest first.</summary>
    public bool NewestFirst { get; init; }

    /// <summary>Rows at most, from 1. The default is 100.</summary>
    public int Limit { get; init; } = 100;
}
