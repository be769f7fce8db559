using AnomalyApi.Detection;

namespace AnomalyApi.Models;

/// <summary>A detector of the catalog.</summary>
/// <param name="Name">What a training calls it.</param>
/// <param name="Labels">What it does with labels of flows: ignored, needed or welcome.</param>
/// <param name="Options">What can be set.</param>
internal sealed record DetectorView(string Name, LabelUse Labels, IReadOnlyList<DetectorOptionView> Options);
