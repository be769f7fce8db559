using System.Text.Json;

namespace AnomalyApi.Training;

/// <summary>What a training is to do. Everything may be left out.</summary>
internal sealed record TrainingRequest
{
    public const string KindFit = "fit";
    public const string KindRecalibration = "recalibration";
    public const string ActivateAlways = "always";
    public const string ActivateNever = "never";

    /// <summary><c>fit</c> makes a new model; <c>recalibration</c> renews the p-values of the live model from the newest flows. The default is fit.</summary>
    /// <example>fit</example>
    public string Kind { get; init; } = KindFit;

    /// <summary>Hours back from now that are read, more than 0 to 8784. The default is Training:Window.</summary>
    /// <example>168</example>
    public double? WindowHours { get; init; }

    /// <summary>Flows that are read at most; more are sampled uniformly. 200 to Training:MaxFlows, which is the default.</summary>
    /// <example>100000</example>
    public int? SampleSize { get; init; }

    /// <summary>Name of the detector. The default is Training:Detector.</summary>
    /// <example>isolation-forest</example>
    public string? Detector { get; init; }

    /// <summary>Options of the detector, for example {"trees": 200}.</summary>
    public JsonElement? Options { get; init; }

    /// <summary>Score from which the new model calls a flow an anomaly, 10 to 100. The default is Scoring:Threshold.</summary>
    /// <example>30</example>
    public float? Threshold { get; init; }

    /// <summary>Seed of every random choice, so that a run can be repeated. The default is 1.</summary>
    /// <example>1</example>
    public long? Seed { get; init; }

    /// <summary><c>always</c> makes the new model live; <c>never</c> only stores it. The default is always.</summary>
    /// <example>always</example>
    public string Activate { get; init; } = ActivateAlways;
}
