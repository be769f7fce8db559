using AnomalyApi.Detection.Detectors;

namespace AnomalyApi.Detection;

/// <summary>Every detector. To add one, add its folder and its line here.</summary>
public static class DetectorCatalog
{
    internal const string IsolationForestName = "isolation-forest";

    /// <summary>The detectors, in alphabetical order.</summary>
    public static IReadOnlyList<DetectorDescriptor> All { get; } =
    [
        DetectorDescriptor.For<IsolationForestOptions>(
            IsolationForestName, options => new IsolationForest(options), IsolationForestModel.Read),
    ];

    /// <summary>The detector of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the text lists the names there are.</exception>
    public static DetectorDescriptor Get(string name) =>
        All.FirstOrDefault(detector => detector.Name == name)
        ?? throw new ArgumentException($"'{name}' is not one of: {string.Join(", ", All.Select(detector => detector.Name))}.", nameof(name));
}
