using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Options of <see cref="LocalOutlierFactor"/>.</summary>
public sealed record LocalOutlierFactorOptions : IValidatableObject
{
    private const int MaxNeighbourPairs = 1 << 26;

    /// <summary>Neighbours whose density a row is compared with (MinPts), from 1 to 1000. The default is 20.</summary>
    /// <remarks>All others count when there are fewer. At least 10, to be free of chance, and as many as the smallest crowd that shall
    /// count as normal (section 6.2 of the paper).</remarks>
    [Range(1, 1000)]
    public int Neighbours { get; init; } = 20;

    /// <summary>Rows the model keeps, from 2 to 200000. The default is 20000.</summary>
    /// <remarks>Of more rows a random sample is kept. Time to fit grows with its square.</remarks>
    [Range(2, 200_000)]
    public int MaxReferenceRows { get; init; } = 20_000;

    /// <summary>Holds the memory of a fit within about 600 MB.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if ((long)Neighbours * MaxReferenceRows > MaxNeighbourPairs)
        {
            yield return new ValidationResult(
                $"Neighbours x MaxReferenceRows is {(long)Neighbours * MaxReferenceRows}; it must not exceed {MaxNeighbourPairs}.",
                [nameof(Neighbours), nameof(MaxReferenceRows)]);
        }
    }
}
