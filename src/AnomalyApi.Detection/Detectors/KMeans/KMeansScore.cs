namespace AnomalyApi.Detection.Detectors;

/// <summary>What <see cref="KMeans"/> measures.</summary>
public enum KMeansScore
{
    /// <summary>The distance to the nearest centre.</summary>
    Distance,

    /// <summary>The distance to the nearest centre over the spread of its cluster, so that a step out of a dense cluster counts more than
    /// the same step out of a wide one.</summary>
    Relative,
}
