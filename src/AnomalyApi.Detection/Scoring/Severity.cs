namespace AnomalyApi.Detection.Scoring;

/// <summary>How urgent a score is, in ascending order.</summary>
public enum Severity
{
    /// <summary>Below the scale: nothing to see.</summary>
    None,

    /// <summary>Worth a look when there is time.</summary>
    Low,

    /// <summary>Worth a look today.</summary>
    Medium,

    /// <summary>Worth a look now.</summary>
    High,

    /// <summary>Worth waking someone.</summary>
    Critical,
}
