using AnomalyApi.Detection;

namespace AnomalyApi.Flows.Scoring;

/// <summary>How a scoring model is made of stored flows.</summary>
/// <param name="Detector">The method.</param>
/// <param name="LocalNetworks">Whose addresses count as local.</param>
/// <param name="Threshold">Score from which a flow is an anomaly, 0 to 100; also the score above which earlier anomalies are trimmed.</param>
/// <param name="Fit">Seed, threads and progress.</param>
public sealed record FlowTrainingSettings(IDetector Detector, LocalNetworks LocalNetworks, float Threshold, FitSettings Fit)
{
    /// <summary>What the detector does with labels. Unless it ignores them, flows labelled as anomalies are fitted on too.</summary>
    public LabelUse Labels { get; init; }

    /// <summary>Share of the flows, the earliest, that the detector is fitted on; the rest calibrates. 0.1 to 0.9.</summary>
    public double FitShare { get; init; } = 0.5;
}
