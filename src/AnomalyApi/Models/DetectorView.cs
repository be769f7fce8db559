using AnomalyApi.Detection;

namespace AnomalyApi.Models;

/// <summary>A detector of the catalog.</summary>
/// <param name="Name">What a training calls it.</param>
/// <param name="Labels">What it does with labels of flows: ignored, needed or welcome.</param>
/// <param name="Options">What can be set.</param>
internal sealed record DetectorView(string Name, LabelUse Labels, IReadOnlyList<DetectorOptionView> Options)
{
    public static DetectorView Of(DetectorDescriptor descriptor)
    {
        var defaults = Activator.CreateInstance(descriptor.OptionsType)!;
        var options = descriptor.OptionsType.GetProperties().Where(property => property.CanWrite);
        return new DetectorView(descriptor.Name, descriptor.Labels, [.. options.Select(property => DetectorOptionView.Of(property, defaults))]);
    }
}
