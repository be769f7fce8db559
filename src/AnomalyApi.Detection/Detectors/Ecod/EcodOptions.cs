using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Options of <see cref="Ecod"/>.</summary>
public sealed record EcodOptions
{
    /// <summary>Different values of each column that are kept at most, from 16 to 65536. The default is 1024.</summary>
    /// <remarks>Of more values, the outermost quarter at each end is kept whole, so that tails lose nothing, and the middle is thinned evenly.</remarks>
    [Range(16, 65536)]
    public int MaxQuantiles { get; init; } = 1024;
}
