using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Options of <see cref="IsolationForest"/>.</summary>
/// <remarks>
/// A model takes 12 bytes for each tree and each sampled row, the sample size rounded up to a power of two: 300 KB by default.
/// With an <see cref="ExtensionLevel"/> it takes 4 to 8 bytes more for each column a cut weighs.
/// </remarks>
public sealed record IsolationForestOptions : IValidatableObject
{
    internal const int MaxTrees = 1000;
    internal const int MaxSampleSize = 65536;

    private const int MaxSampledRows = 1 << 24;

    /// <summary>Number of trees, from 1 to 1000. The default is 100, where path lengths have settled (section 4.2 of the paper).</summary>
    [Range(1, MaxTrees)]
    public int Trees { get; init; } = 100;

    /// <summary>Rows each tree is grown on, drawn without replacement, from 2 to 65536. The default is 256.</summary>
    /// <remarks>More is not better: a small sample keeps anomalies from hiding one another (section 2 of the paper).</remarks>
    [Range(2, MaxSampleSize)]
    public int SampleSize { get; init; } = 256;

    /// <summary>Columns that a cut weighs beyond the first, from 0 to 10000. The default is 0: a cut compares one column. More than there are
    /// columns counts as all of them.</summary>
    /// <remarks>Hariri, Kind and Brunner, Extended Isolation Forest, 2021. Costs time and memory in proportion; see
    /// <see cref="IsolationForest"/> for when it helps.</remarks>
    [Range(0, 10_000)]
    public int ExtensionLevel { get; init; }

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
