namespace AnomalyApi.Detection.Scoring;

/// <summary>From which score on a severity holds. Immutable.</summary>
public sealed record SeverityScale
{
    /// <summary>Makes a scale. By default one normal flow in a thousand is low or more, one in a million critical.</summary>
    /// <exception cref="ArgumentException">The bounds are not ascending within 0 to 100.</exception>
    public SeverityScale(float low = 30, float medium = 40, float high = 50, float critical = 60)
    {
        // Written so that NaN fails too.
        if (!(low >= 0 && low <= medium && medium <= high && high <= critical && critical <= AnomalyScore.Max))
        {
            throw new ArgumentException(
                $"Severities begin at {low}, {medium}, {high}, {critical}; they must ascend within 0 to {AnomalyScore.Max}.");
        }

        (Low, Medium, High, Critical) = (low, medium, high, critical);
    }

    /// <summary>Lowest score that is <see cref="Severity.Low"/>.</summary>
    public float Low { get; }

    /// <summary>Lowest score that is <see cref="Severity.Medium"/>.</summary>
    public float Medium { get; }

    /// <summary>Lowest score that is <see cref="Severity.High"/>.</summary>
    public float High { get; }

    /// <summary>Lowest score that is <see cref="Severity.Critical"/>.</summary>
    public float Critical { get; }

    /// <summary>The severity of a score; a score on a bound has the higher one.</summary>
    public Severity Of(float score) =>
        score >= Critical ? Severity.Critical
        : score >= High ? Severity.High
        : score >= Medium ? Severity.Medium
        : score >= Low ? Severity.Low
        : Severity.None;
}
