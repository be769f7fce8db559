using System.Text.Json;

namespace AnomalyApi.Cli.Evaluate.Reports;

/// <summary>A JSON array with a record for each detector and seed.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static string Text(EvaluationOutcome outcome) =>
        JsonSerializer.Serialize(outcome.Detectors.SelectMany(detector => detector.Results).Select(ResultRecord.Of), Options) + "\n";
}
