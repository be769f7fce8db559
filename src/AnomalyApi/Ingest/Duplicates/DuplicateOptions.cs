using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Ingest.Duplicates;

/// <summary>Which sensors see the same traffic, so that a flow both report is stored and counted once.</summary>
internal sealed record DuplicateOptions : IValidatableObject
{
    /// <summary>Stands for every sensor that no group names.</summary>
    public const string Everybody = "*";

    /// <summary>
    /// Groups of sensors that see the same traffic, each a list of names with commas between them; <c>*</c> stands for every sensor that no group names. The
    /// default, an empty list, stores every flow that is sent.
    /// </summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>How long a flow is remembered after it was stored, from 10 s to 1 hour. The default is 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>By how much the clocks of two sensors may differ, from 0 to 1 min. The default is 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Flows remembered at most, from 1,000 to 10,000,000, about 250 bytes each; the oldest are forgotten first. The default is 500,000.</summary>
    [Range(1_000, 10_000_000)]
    public int MaxFlows { get; init; } = 500_000;

    /// <summary>The number of the group of each sensor that a group names.</summary>
    public Dictionary<string, int> GroupsBySensor()
    {
        var groups = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Groups.Count; i++)
        {
            var sensors = Groups[i].Split(',', StringSplitOptions.TrimEntries);
            if (sensors is [not Everybody])
            {
                throw new FormatException($"'{Groups[i]}' is one sensor alone; name two or more, with commas between them.");
            }

            foreach (var sensor in sensors)
            {
                if (sensor.Length == 0 || !groups.TryAdd(sensor, i))
                {
                    throw new FormatException(
                        sensor.Length == 0 ? $"'{Groups[i]}' has a name that is empty." : $"'{sensor}' stands twice; a sensor is in one group.");
                }
            }
        }

        return groups;
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var fault = "";
        try
        {
            GroupsBySensor();
        }
        catch (FormatException e)
        {
            fault = e.Message;
        }

        if (fault.Length > 0)
        {
            yield return new ValidationResult(fault, [nameof(Groups)]);
        }
    }
}
