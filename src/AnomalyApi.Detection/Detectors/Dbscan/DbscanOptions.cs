using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Options of <see cref="Dbscan"/>.</summary>
public sealed record DbscanOptions : IValidatableObject
{
    private const int MaxNeighbourPairs = 1 << 26;

    /// <summary>Radius of a neighbourhood, in the unit of the columns, from 0 to 1000000000. The default is 0.</summary>
    /// <remarks>0 takes it from the curve of the distances to the (<see cref="MinPoints"/> - 1)-th neighbour. Anything else below 1e-6
    /// counts as that.</remarks>
    [Range(0.0, 1e9)]
    public double Eps { get; init; }

    /// <summary>Rows within the radius that make a row a core point, itself among them, from 1 to 1000. The default is 5.</summary>
    /// <remarks>All rows are needed when there are fewer.</remarks>
    [Range(1, 1000)]
    public int MinPoints { get; init; } = 5;

    /// <summary>Rows that are clustered, from 1 to 200000. The default is 20000.</summary>
    /// <remarks>Of more rows a random sample is kept. Time to fit grows with its square, time to score and the size of the model with the
    /// core points among them.</remarks>
    [Range(1, 200_000)]
    public int MaxReferenceRows { get; init; } = 20_000;

    /// <summary>Holds the memory of a fit within about 600 MB.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if ((long)MinPoints * MaxReferenceRows > MaxNeighbourPairs)
        {
            yield return new ValidationResult(
                $"MinPoints x MaxReferenceRows is {(long)MinPoints * MaxReferenceRows}; it must not exceed {MaxNeighbourPairs}.",
                [nameof(MinPoints), nameof(MaxReferenceRows)]);
        }
    }
}
