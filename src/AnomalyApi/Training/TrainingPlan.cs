using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AnomalyApi.Detection;
using AnomalyApi.Detection.Preprocessing;
using AnomalyApi.Models;
using AnomalyApi.Platform.Problems;
using AnomalyApi.Scoring;

namespace AnomalyApi.Training;

/// <summary>A request with every default filled in and every fault found.</summary>
/// <param name="IsRecalibration">Whether the live model only gets a new calibration.</param>
/// <param name="Window">How far back flows are read.</param>
/// <param name="SampleSize">Flows that are read at most.</param>
/// <param name="Detector">What is fitted.</param>
/// <param name="Labels">What it does with labels.</param>
/// <param name="Threshold">Score from which the new model calls a flow an anomaly.</param>
/// <param name="Seed">Seed of every random choice.</param>
/// <param name="Activate">Whether the new model goes live.</param>
internal sealed record TrainingPlan(
    bool IsRecalibration, TimeSpan Window, int SampleSize, IDetector Detector, LabelUse Labels, float Threshold, ulong Seed, bool Activate)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    /// <summary>Checks <paramref name="request"/>; the plan is null when <paramref name="errors"/> got any.</summary>
    public static TrainingPlan? Of(
        TrainingRequest request, TrainingOptions training, ScoringOptions scoring, Dictionary<string, string[]> errors)
    {
        Require(request.Kind is TrainingRequest.KindFit or TrainingRequest.KindRecalibration, "kind", $"'{request.Kind}' is not one of: fit, recalibration.", errors);
        Require(request.Activate is TrainingRequest.ActivateAlways or TrainingRequest.ActivateNever, "activate", $"'{request.Activate}' is not one of: always, never.", errors);
        Require(request.WindowHours is null or (> 0 and <= 8784), "window_hours", "must be more than 0 and at most 8784.", errors);
        Require(request.SampleSize is null || (request.SampleSize >= 200 && request.SampleSize <= training.MaxFlows), "sample_size", $"must be from 200 to {training.MaxFlows} (Training:MaxFlows).", errors);
        Require(request.Threshold is null or (>= 10 and <= 100), "threshold", "must be from 10 to 100.", errors);
        Require(
            request.Kind != TrainingRequest.KindRecalibration || (request.Detector is null && request.Options is null),
            "detector", "and 'options' belong to a fit; a recalibration keeps the detector of the live model.", errors);
        var name = request.Detector ?? training.Detector;
        var detector = CreateDetector(name, request.Options, errors);
        return errors.Count > 0 ? null : new TrainingPlan(
            request.Kind == TrainingRequest.KindRecalibration,
            request.WindowHours is { } hours ? TimeSpan.FromHours(hours) : training.Window,
            request.SampleSize ?? training.MaxFlows,
            detector!,
            DetectorCatalog.Get(name).Labels,
            request.Threshold ?? scoring.Threshold,
            (ulong)(request.Seed ?? 1),
            request.Activate == TrainingRequest.ActivateAlways);
    }

    private static IDetector? CreateDetector(string name, JsonElement? options, Dictionary<string, string[]> errors)
    {
        DetectorDescriptor descriptor;
        try
        {
            descriptor = DetectorCatalog.Get(name);
        }
        catch (ArgumentException)
        {
            errors["detector"] = [$"'{name}' is not one of: {string.Join(", ", DetectorCatalog.All.Select(known => known.Name))}."];
            return null;
        }

        try
        {
            var chosen = options is null or { ValueKind: JsonValueKind.Null } ? null : WithUnderscores(options.Value, descriptor.OptionsType).Deserialize(descriptor.OptionsType, Json);
            var faults = new List<ValidationResult>();
            if (chosen is not null && !Validator.TryValidateObject(chosen, new ValidationContext(chosen), faults, validateAllProperties: true))
            {
                errors["options"] = [.. faults.Select(fault => InWireNames(fault))];
                return null;
            }

            return PreparedDetector.For(descriptor, chosen);
        }
        catch (JsonException e)
        {
            var known = DetectorView.Of(descriptor).Options.Select(option => $"{option.Name} ({option.Allowed()})");
            errors["options"] = [$"{JsonFault.Describe(e)} Options of {name}: {string.Join(", ", known)}."];
            return null;
        }
        catch (ArgumentException e)
        {
            errors["options"] = [ErrorText.WithoutParameter(e)];
            return null;
        }
    }

    /// <summary>The words of choices may be written with hyphens too, as the command line shows them.</summary>
    private static JsonNode? WithUnderscores(JsonElement options, Type type)
    {
        var node = JsonNode.Parse(options.GetRawText());
        foreach (var choice in type.GetProperties().Where(property => property.PropertyType.IsEnum))
        {
            var option = JsonNamingPolicy.SnakeCaseLower.ConvertName(choice.Name);
            if (node is JsonObject chosen && chosen[option] is JsonValue value && value.TryGetValue(out string? text))
                chosen[option] = text.Replace('-', '_');
        }

        return node;
    }

    private static string InWireNames(ValidationResult fault) => fault.MemberNames.Aggregate(
        fault.ErrorMessage ?? "is not allowed.",
        (text, name) => text.Replace($"The field {name} ", $"{JsonNamingPolicy.SnakeCaseLower.ConvertName(name)} ", StringComparison.Ordinal));

    private static void Require(bool isAllowed, string name, string fault, Dictionary<string, string[]> errors)
    {
        if (!isAllowed)
        {
            errors[name] = [fault];
        }
    }
}
