namespace AnomalyApi.Models;

/// <summary>A detector of the catalog.</summary>
/// <param name="Name">What a training calls it.</param>
/// <param name="Options">What can be set.</param>
internal sealed record DetectorView(string Name, IReadOnlyList<DetectorOptionView> Options);
