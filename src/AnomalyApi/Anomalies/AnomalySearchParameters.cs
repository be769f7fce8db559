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

    public AnomalyQuery ReadQuery(Dictionary<string, string[]> errors)
    {
        var filter = Read(errors);
        var severity = Choice("severity", Severity, errors, Severities);
        return new AnomalyQuery
        {
            From = filter.From,
            To = filter.To,
            MinScore = filter.MinScore,
            MinSeverity = severity is null ? null : (byte)(Array.IndexOf(Severities, severity) + 1),
            Address = filter.Address is { } range ? new AddressRange(range.First, range.Last) : null,
            Port = filter.Port,
            Protocol = filter.Protocol,
            Sensor = filter.Sensor,
            ModelVersion = filter.ModelVersion,
            Status = Name("status", Status, errors),
            After = filter.After,
            NewestFirst = filter.NewestFirst,
            Limit = filter.Limit,
        };
    }
}
