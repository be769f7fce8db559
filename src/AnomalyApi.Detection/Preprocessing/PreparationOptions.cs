using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Preprocessing;

/// <summary>What is done to rows before a detector sees them, in the order of the properties.</summary>
public sealed record PreparationOptions : IValidatableObject
{
    /// <summary>Nothing is done: every number arrives as it is.</summary>
    public static PreparationOptions None { get; } = new() { Missing = MissingValues.Keep, Scaling = Scaling.None };

    /// <summary>Mean 0 and standard deviation 1 in every numeric column, and nothing else.</summary>
    public static PreparationOptions Standard { get; } = new();

    /// <summary>What suits most network data: counters with long tails as logarithms, standardised, clipped at 20 standard
    /// deviations.</summary>
    public static PreparationOptions Default { get; } = new() { LogAbove = 100, ClipAt = 20 };

    /// <summary>What takes the place of a missing number. The default is Median.</summary>
    public MissingValues Missing { get; init; } = MissingValues.Median;

    /// <summary>What stands for a missing number when <see cref="Missing"/> is Constant, in the unit of the column, from -1E+30 to 1E+30. The default is 0.</summary>
    [Range(-1e30, 1e30)]
    public float MissingConstant { get; init; }

    /// <summary>Whether each numeric column with missing values in the fitted rows gets a second one that is 1 where the value is missing.
    /// The default is False.</summary>
    public bool MissingIndicators { get; init; }

    /// <summary>Columns whose largest absolute value in the fitted rows exceeds this become sign(x) ln(1 + |x|), from 0 to 1E+30; 0 for none. The default is 0.</summary>
    [Range(0, 1e30)]
    public double LogAbove { get; init; }

    /// <summary>Share of the fitted rows beyond which, at both ends, values are moved to the quantile (winsorising; Hastings et al.,
    /// Annals of Mathematical Statistics 18, 1947), from 0 to 0.25; 0 for none. The default is 0.</summary>
    [Range(0, 0.25)]
    public double WinsorizeShare { get; init; }

    /// <summary>How numeric columns are brought to a common scale. The default is Standard.</summary>
    public Scaling Scaling { get; init; } = Scaling.Standard;

    /// <summary>Largest absolute value after scaling, from 0 to 1E+30; 0 for no bound. The default is 0.</summary>
    [Range(0, 1e30)]
    public double ClipAt { get; init; }

    /// <summary>How categories become numbers. The default is OneHot.</summary>
    public CategoryEncoding Categories { get; init; } = CategoryEncoding.OneHot;

    /// <summary>Measure by which columns are kept when <see cref="KeepColumns"/> says how many. The default is Variance.</summary>
    public FeatureSelection Selection { get; init; } = FeatureSelection.Variance;

    /// <summary>Number of columns kept after encoding, from 0 to 100000; 0 for all. The default is 0.</summary>
    [Range(0, 100_000)]
    public int KeepColumns { get; init; }

    /// <summary>Number of principal components the columns are projected on, from 0 to 10000; 0 for no projection. The default is 0.</summary>
    [Range(0, 10_000)]
    public int Components { get; init; }

    /// <summary>Refuses a projection of rows in which values stay missing: a sum with one of them is none.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Components > 0 && Missing == MissingValues.Keep)
        {
            yield return new ValidationResult(
                $"Components is {Components} while missing values are kept; a projection needs them filled.", [nameof(Components), nameof(Missing)]);
        }
    }
}
