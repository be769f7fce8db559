using System.ComponentModel;
using AnomalyApi.Storage.Stores;
using AnomalyApi.Traffic;
using Microsoft.AspNetCore.Mvc;

namespace AnomalyApi.Anomalies;

/// <summary>Which anomalies to list; <c>from</c> and <c>to</c> are times of detection.</summary>
internal sealed class AnomalySearchParameters : SearchParameters
{
    private static readonly string[] Severities = ["low", "medium", "high", "critical"];

    [FromQuery(Name = "severity")]
    [Description("Least severity: low, medium, high or critical.")]
    public string? Severity { get; init; }

    [FromQuery(Name = "status")]
    [Description("What was done about it, for example new.")]
    public string? Status { get; init; }

    public AnomalyQuery ReadQuery(HttpRequest request, Dictionary<string, string[]> errors)
    {
        var severity = Choice("severity", Severity, errors, Severities);
        return Read(
            new AnomalyQuery
            {
                MinSeverity = severity is null ? null : (byte)(Array.IndexOf(Severities, severity) + 1),
                Status = Name("status", Status, errors),
            },
            request,
            errors);
    }
}
