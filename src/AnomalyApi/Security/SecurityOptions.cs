using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Security;

/// <summary>Who may call, and how often.</summary>
internal sealed record SecurityOptions : IValidatableObject
{
    /// <summary>Requests a key may send in a second, on average, from 1 to 1,000,000. The default is 2,000.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerSecond { get; init; } = 2_000;

    /// <summary>Requests a key may send at once after a pause, from 1 to 1,000,000. The default is 4,000.</summary>
    [Range(1, 1_000_000)]
    public int RequestBurst { get; init; } = 4_000;

    /// <summary>Whether <c>/metrics</c> asks for a key with the role reader. The default is false: it holds counts only, and scrapers expect it open.</summary>
    public bool MetricsNeedKey { get; init; }

    /// <summary>How long a change to a key may take to reach other processes, from 1 s to 5 min. The default is 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan KeyRefresh { get; init; } = TimeSpan.FromSeconds(5);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // The bucket is filled ten times a second, and what does not fit in is lost.
        if (RequestBurst < RequestsPerSecond / 10)
        {
            yield return new ValidationResult("RequestBurst must be at least a tenth of RequestsPerSecond, or that rate is never reached.", [nameof(RequestBurst)]);
        }
    }
}
