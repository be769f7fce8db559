using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Options of <see cref="IsolationForest"/>.</summary>
/// <remarks>
/// A model takes 12 bytes for each tree and each sampled row, the sample size rounded up to a power of two: 300 KB by default.
/// </remarks>
public sealed record IsolationForestOptions : IValidatableObject
{
    private const int MaxSampledRows = 1 << 24;

    /// <summary>Number of trees, from 1 to 1000. The default is 100, where path lengths have settled (section 4.2 of the paper).</summary>
    [Range(1, 1000)]
    public int Trees { get; init; } = 100;

    /// <summary>Rows each tree is grown on, drawn without replacement, from 2 to 65536. The default is 256.</summary>
    /// <remarks>More is not better: a small sample keeps anomalies from hiding one another (section 2 of the paper).</remarks>
    [Range(2, 65536)]
    public int SampleSize { get; init; } = 256;

    /// <summary>Holds the size of the model within about 200 MB.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if ((long)Trees * SampleSize > MaxSampledRows)
        {
            yield return new ValidationResult(
                $"Trees x SampleSize is {(long)Trees * SampleSize}; it must not exceed {MaxSampledRows}.",
                [nameof(Trees), nameof(SampleSize)]);
        }
    }
}
