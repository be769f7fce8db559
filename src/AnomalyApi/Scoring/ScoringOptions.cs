using System.ComponentModel.DataAnnotations;
using AnomalyApi.Detection.Scoring;

namespace AnomalyApi.Scoring;

/// <summary>What counts as an anomaly, and whose addresses are local.</summary>
internal sealed record ScoringOptions : IValidatableObject
{
    /// <summary>
    /// Score from which a flow is an anomaly, from 10 to 100, used by the models trained from now on. The default is 30: one normal flow in a thousand.
    /// </summary>
    [Range(10, 100)]
    public float Threshold { get; init; } = 30;

    /// <summary>Least score of severity low, from 0 to 100. The default is 30.</summary>
    [Range(0, 100)]
    public float SeverityLow { get; init; } = 30;

    /// <summary>Least score of severity medium, from 0 to 100. The default is 40.</summary>
    [Range(0, 100)]
    public float SeverityMedium { get; init; } = 40;

    /// <summary>Least score of severity high, from 0 to 100. The default is 50.</summary>
    [Range(0, 100)]
    public float SeverityHigh { get; init; } = 50;

    /// <summary>Least score of severity critical, from 0 to 100. The default is 60.</summary>
    [Range(0, 100)]
    public float SeverityCritical { get; init; } = 60;

    /// <summary>Networks whose addresses are local, as CIDR. The default, an empty list, stands for the private ranges.</summary>
    public IReadOnlyList<string> LocalNetworks { get; init; } = [];

    public SeverityScale Severities() => new(SeverityLow, SeverityMedium, SeverityHigh, SeverityCritical);

    public Flows.LocalNetworks Networks() =>
        LocalNetworks.Count == 0 ? AnomalyApi.Flows.LocalNetworks.Private : AnomalyApi.Flows.LocalNetworks.Parse(LocalNetworks);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!(SeverityLow <= SeverityMedium && SeverityMedium <= SeverityHigh && SeverityHigh <= SeverityCritical))
        {
            yield return new ValidationResult("The severities must rise: SeverityLow <= SeverityMedium <= SeverityHigh <= SeverityCritical.");
        }

        var fault = "";
        try
        {
            Networks();
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            fault = e.Message;
        }

        if (fault.Length > 0)
        {
            yield return new ValidationResult($"LocalNetworks: {fault}");
        }
    }
}
