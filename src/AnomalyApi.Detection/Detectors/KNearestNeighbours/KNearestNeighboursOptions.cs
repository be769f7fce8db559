using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Options of <see cref="KNearestNeighbours"/>.</summary>
public sealed record KNearestNeighboursOptions
{
    /// <summary>Neighbours that count, from 1 to 1000. The default is 5.</summary>
    /// <remarks>All reference rows count when there are fewer. More than the copies an anomaly may have among them, so that those do not
    /// vouch for each other.</remarks>
    [Range(1, 1000)]
    public int Neighbours { get; init; } = 5;

    /// <summary>How the distances to the neighbours become a score. The default is the largest.</summary>
    [EnumDataType(typeof(NeighbourAggregate))]
    public NeighbourAggregate Aggregate { get; init; } = NeighbourAggregate.Largest;

    /// <summary>Rows the model keeps, from 1 to 1000000. The default is 20000.</summary>
    /// <remarks>Of more rows a random sample is kept. Size of the model and time of scoring grow with it.</remarks>
    [Range(1, 1_000_000)]
    public int MaxReferenceRows { get; init; } = 20_000;
}
