using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Options of <see cref="LogisticRegression"/>.</summary>
public sealed record LogisticRegressionOptions
{
    /// <summary>Weight of the penalty beside the mean loss of a row, from 0 to 1000. The default is 0.0001.</summary>
    /// <remarks>The penalty is half the sum of the squared weights of standardised columns. At 0 the weights have no bound where a plane
    /// divides the classes without fault; the fit then ends after <see cref="MaxIterations"/>.</remarks>
    [Range(0, 1000)]
    public double L2 { get; init; } = 0.0001;

    /// <summary>Newton steps, at most, from 1 to 10000. The default is 100; about a dozen are usual.</summary>
    [Range(1, 10000)]
    public int MaxIterations { get; init; } = 100;

    /// <summary>How much the rows of each class count. The default is Balanced.</summary>
    public ClassWeighting ClassWeighting { get; init; } = ClassWeighting.Balanced;
}
