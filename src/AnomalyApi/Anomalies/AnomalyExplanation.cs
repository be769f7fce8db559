using System.Globalization;
using System.Text.Json;
using AnomalyApi.Detection;
using AnomalyApi.Detection.Explanation;

namespace AnomalyApi.Anomalies;

/// <summary>Why a flow has its score.</summary>
internal sealed record AnomalyExplanation
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Stored where a batch held so many anomalies that the rest was not explained.</summary>
    public static string NotExplained { get; } = JsonSerializer.Serialize(
        new AnomalyExplanation { Summary = "Not explained: its batch held more anomalies than are explained of one batch.", Drivers = [] }, Json);

    /// <summary>The reason in one sentence.</summary>
    /// <example>Mostly dst_port_rarity: 9.2, typically 0.4 to 5.1 (62 % of the score); then log_fwd_packets: 0.7, typically 1.1 to 4.2 (21 %).</example>
    public required string Summary { get; init; }

    /// <summary>The five features furthest from typical, largest share first.</summary>
    public required IReadOnlyList<Driver> Drivers { get; init; }

    /// <summary>The stored form.</summary>
    public static string Write(FeatureSchema schema, ReadOnlySpan<FeatureDriver> drivers)
    {
        var list = new List<Driver>(drivers.Length);
        foreach (var driver in drivers)
        {
            var feature = schema.Features[driver.Feature];
            list.Add(new Driver
            {
                Feature = feature.Name,
                Value = driver.Value,
                Unit = feature.Unit,
                TypicalLow = driver.TypicalLow,
                TypicalHigh = driver.TypicalHigh,
                Share = MathF.Round(driver.Share, 4),
            });
        }

        return JsonSerializer.Serialize(new AnomalyExplanation { Summary = Summarize(list), Drivers = list }, Json);
    }

    public static AnomalyExplanation Read(string json) => JsonSerializer.Deserialize<AnomalyExplanation>(json, Json)!;

    private static string Summarize(List<Driver> drivers)
    {
        if (drivers.Count == 0)
        {
            return "No feature stands out alone.";
        }

        var text = "Mostly " + Describe(drivers[0], " of the score");
        return drivers.Count > 1 && drivers[1].Share >= 0.05f ? $"{text}; then {Describe(drivers[1], "")}." : text + ".";
    }

    private static string Describe(Driver driver, string ofWhat) => string.Create(
        CultureInfo.InvariantCulture,
        $"{driver.Feature}: {driver.Value:0.##}, typically {driver.TypicalLow:0.##} to {driver.TypicalHigh:0.##} ({driver.Share * 100:0} %{ofWhat})");

    /// <summary>One feature's part in the score.</summary>
    internal sealed record Driver
    {
        /// <summary>Name of the feature; <c>docs/reference/features.md</c> says what it measures.</summary>
        /// <example>dst_port_rarity</example>
        public required string Feature { get; init; }

        /// <summary>What this flow has.</summary>
        /// <example>9.2</example>
        public required float Value { get; init; }

        /// <summary>Unit of the value and the range; empty for a plain number.</summary>
        public required string Unit { get; init; }

        /// <summary>5 % of the training flows lie below.</summary>
        /// <example>0.4</example>
        public required float TypicalLow { get; init; }

        /// <summary>5 % of the training flows lie above.</summary>
        /// <example>5.1</example>
        public required float TypicalHigh { get; init; }

        /// <summary>Part of the score it explains, 0 to 1; all shares together make 1.</summary>
        /// <example>0.62</example>
        public required float Share { get; init; }
    }
}
