namespace AnomalyApi.Detection.Detectors;

/// <summary>How the distances to the nearest neighbours become one score.</summary>
public enum NeighbourAggregate
{
    /// <summary>The distance to the farthest of them, the k-th neighbour.</summary>
    /// <remarks>Ramaswamy, Rastogi and Shim, Efficient Algorithms for Mining Outliers from Large Data Sets, SIGMOD 2000, section 2.</remarks>
    Largest,

    /// <summary>The mean of the distances.</summary>
    /// <remarks>Angiulli and Pizzuti, Fast Outlier Detection in High Dimensional Spaces, PKDD 2002, section 2, divided by k.</remarks>
    Mean,

    /// <summary>The median of the distances; of an even number the mean of the middle two.</summary>
    Median,
}
