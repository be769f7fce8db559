using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Options of <see cref="Ensemble"/>.</summary>
public sealed record EnsembleOptions : IValidatableObject
{
    internal const string DefaultMembers = "isolation-forest,pca,autoencoder,gradient-boosting";

    // The forest looks at single columns, where the other two see how columns go together, so rows that are odd in one column count for less.
    internal const string DefaultWeights = "1,2,2,2";

    /// <summary>Detectors that are joined, names of the catalog with commas between; each with its default options. Those that need labels take part
    /// only when there are enough. The default is isolation-forest,pca,autoencoder,gradient-boosting.</summary>
    public string Members { get; init; } = DefaultMembers;

    /// <summary>Weight of each member, in the order of <see cref="Members"/>, numbers above 0 with commas between; empty for 1,2,2,2 with the default
    /// members and equal ones with others. The default is empty.</summary>
    public string Weights { get; init; } = "";

    /// <summary>Share of the rows the members are not fitted on, but calibrated on, from 0.05 to 0.5. The default is 0.2.</summary>
    [Range(0.05, 0.5)]
    public double CalibrationShare { get; init; } = 0.2;

    /// <summary>Rows of each label from which on members that need labels take part, from 1 to 1000000. The default is 50.</summary>
    [Range(1, 1_000_000)]
    public int MinimumLabels { get; init; } = 50;

    /// <summary>Names and weights must be known, distinct and as many.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var names = EnsembleMembers.Names(this);
        foreach (var name in names.Where(name => !EnsembleMembers.Allowed.Contains(name)))
            yield return new ValidationResult($"Members: '{name}' is not one of: {string.Join(", ", EnsembleMembers.Allowed)}.", [nameof(Members)]);

        if (names.Length == 0 || names.Distinct().Count() != names.Length)
            yield return new ValidationResult("Members must name at least one detector, and none twice.", [nameof(Members)]);

        if (EnsembleMembers.Weights(this) is not { } weights || weights.Length != names.Length || !weights.All(weight => weight > 0 && double.IsFinite(weight)))
            yield return new ValidationResult($"Weights must be {names.Length} numbers above 0 with commas between, or empty.", [nameof(Weights)]);
    }
}
