namespace AnomalyApi.Detection.Preprocessing;

/// <summary>How numeric columns are brought to a common scale.</summary>
public enum Scaling
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Mean 0 and standard deviation 1 (of the population, divided by n) in the fitted rows.</summary>
    Standard,

    /// <summary>Median 0 and interquartile range 1 in the fitted rows; where the quartiles are equal, as <see cref="Standard"/>.</summary>
    Robust,

    /// <summary>Smallest value 0 and largest 1 in the fitted rows.</summary>
    MinMax,
}
