using AnomalyApi.Flows;

namespace AnomalyApi.Storage.Stores;

/// <summary>The filters that flows and anomalies share. What is null does not restrict.</summary>
public abstract record TrafficQuery
{
    /// <summary>Earliest start of a flow, or detection of an anomaly, UTC.</summary>
    public DateTime? From { get; init; }

    /// <summary>Start or detection before this, UTC.</summary>
    public DateTime? To { get; init; }

    /// <summary>Score at least this: of a flow its newest.</summary>
    public float? MinScore { get; init; }

    /// <summary>Source or destination in this range.</summary>
    public CidrRange? Address { get; init; }

    /// <summary>Source or destination port.</summary>
    public int? Port { get; init; }

    /// <summary>IANA protocol number.</summary>
    public byte? Protocol { get; init; }

    /// <summary>Who recorded it.</summary>
    public string? Sensor { get; init; }

    /// <summary>The model that scored it.</summary>
    public int? ModelVersion { get; init; }

    /// <summary>Only rows behind this one, in the direction of the query.</summary>
    public FeedCursor? After { get; init; }

    /// <summary>Whether the newest come first; else in the order of a feed, oldest first.</summary>
    public bool NewestFirst { get; init; }

    /// <summary>Rows at most, from 1. The default is 100.</summary>
    public int Limit { get; init; } = 100;
}
