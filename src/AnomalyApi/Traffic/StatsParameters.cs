using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace AnomalyApi.Traffic;

/// <summary>Which hours to count.</summary>
internal sealed class StatsParameters
{
    private static readonly TimeSpan DefaultWindow = TimeSpan.FromHours(24);

    [FromQuery(Name = "from")]
    [Description("First hour, RFC 3339. The default is 24 hours before 'to'.")]
    public string? From { get; init; }

    [FromQuery(Name = "to")]
    [Description("End, RFC 3339, exclusive. The default is now.")]
    public string? To { get; init; }

    public (DateTime From, DateTime To) Read(DateTime now, Dictionary<string, string[]> errors)
    {
        var to = TimeParameter.Read("to", To, errors) ?? now;
        var from = TimeParameter.Read("from", From, errors) ?? (to - DateTime.MinValue > DefaultWindow ? to - DefaultWindow : DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc));
        if (from >= to)
        {
            errors["from"] = ["must lie before 'to'."];
        }

        return (from, to);
    }
}
