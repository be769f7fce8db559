using AnomalyApi.Flows;
using AnomalyApi.Storage;

namespace AnomalyApi.Traffic;

/// <summary>The checked filters that flows and anomalies share; null where nothing was asked for.</summary>
internal sealed record TrafficFilter
{
    public DateTime? From { get; init; }

    public DateTime? To { get; init; }

    public float? MinScore { get; init; }

    public CidrRange? Address { get; init; }

    public int? Port { get; init; }

    public byte? Protocol { get; init; }

    public string? Sensor { get; init; }

    public int? ModelVersion { get; init; }

    public FeedCursor? After { get; init; }

    public bool NewestFirst { get; init; }

    public required int Limit { get; init; }
}
