using System.Globalization;
using AnomalyApi.Cli.Detectors;
using AnomalyApi.Detection;
using AnomalyApi.Detection.Evaluation;
using AnomalyApi.Detection.Preprocessing;
using AnomalyApi.Detection.Sampling;

namespace AnomalyApi.Cli.Evaluate.Reports;

/// <summary>Everything that led to the figures, in names and values.</summary>
internal static class SettingsText
{
    public static IEnumerable<(string Name, string Value)> Of(EvaluationOutcome outcome)
    {
        var request = outcome.Request;
        var roles = outcome.Table.Roles;
        yield return ("data", request.Data);
        if (request.Test is not null)
            yield return ("test", request.Test);

        yield return ("split", SplitText.Of(request));
        yield return ("label", $"{roles.Label}; normal is {new Data.NormalValues(request.Normal)}");
        yield return ("categories", Names(roles.Features.Where(feature => feature.Kind == ColumnKind.Categorical).Select(feature => feature.Name)));
        yield return ("left out", Names(request.Drop));
        yield return ("fitted on", request.FitOn == FitOn.Normal ? "normal rows, where no labels are needed" : "all fitting rows");
        yield return ("preparation", $"{request.Prepare.ToString().ToLowerInvariant()}, categories {request.Encode.ToString().ToLowerInvariant()}");
        if (request.Resample != ResamplingMethod.None)
            yield return ("resampled", $"{request.Resample.ToString().ToLowerInvariant()}, where labels are needed");

        if (request.Trim > 0)
            yield return ("trimmed", request.Trim.ToString("0.###", CultureInfo.InvariantCulture) + " of the fitting rows");

        yield return ("seeds", request.Seeds == 1 ? $"{request.Seed}" : $"{request.Seed} to {request.Seed + request.Seeds - 1}");
        foreach (var detector in outcome.Detectors)
            yield return (detector.Detector.Name, $"{Options(detector)}. Threshold by {ThresholdText(detector.Results[0].ThresholdRule)}. {RowsText(detector.Results[0])}");

        yield return ("program", $"anomaly {typeof(SettingsText).Assembly.GetName().Version?.ToString(3)}, .NET {Environment.Version}, {Environment.ProcessorCount} processors, {request.Threads} threads");
    }

    /// <summary>Options as <c>name=value</c>.</summary>
    public static string Options(DetectorDescriptor detector, object values)
    {
        var options = DetectorOption.Of(detector);
        return options.Count == 0 ? "no options" : string.Join(", ", options.Select(option => $"{option.Name}={DetectorOption.ValueText(option.ValueOf(values))}"));
    }

    private static string Options(DetectorOutcome detector) => Options(detector.Detector, detector.Results[0].Options);

    private static string ThresholdText(ThresholdRule rule) =>
        rule == ThresholdRule.BestF1 ? "the best F1 on validation rows" : "5 % of the normal validation rows";

    private static string RowsText(EvaluationResult result) =>
        string.Create(CultureInfo.InvariantCulture, $"{result.RowsFit:#,0} rows fitted, {result.RowsValidation:#,0} for validation");

    private static string Names(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } text ? text : "none";
}
