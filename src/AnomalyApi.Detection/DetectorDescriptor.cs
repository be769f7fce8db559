using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection;

/// <summary>One detector of the catalog: its name, its options, how it is made and how its models are read back.</summary>
/// <param name="Name">The name users type.</param>
/// <param name="OptionsType">Record of options; every property has a default.</param>
/// <param name="Create">Makes the detector; null takes the default options, others must be of <paramref name="OptionsType"/>.</param>
/// <param name="ReadModel">Reads what the model wrote.</param>
public sealed record DetectorDescriptor(
    string Name,
    Type OptionsType,
    Func<object?, IDetector> Create,
    Func<ModelSectionReader, IDetectorModel> ReadModel)
{
    /// <summary>What the detector does with labels.</summary>
    public LabelUse Labels { get; init; }

    /// <summary>Whether the unit of a column changes the result, so that columns should be brought to a common scale first.</summary>
    public bool IsScaleSensitive { get; init; }

    /// <summary>Whether NaN, for a missing value, may be fitted. All detectors may score it.</summary>
    public bool AcceptsMissing { get; init; }

    /// <summary>Describes a detector whose options are <typeparamref name="TOptions"/>.</summary>
    public static DetectorDescriptor For<TOptions>(
        string name, Func<TOptions, IDetector> create, Func<ModelSectionReader, IDetectorModel> readModel)
        where TOptions : class, new() =>
        new(name, typeof(TOptions), options => create((TOptions?)options ?? new TOptions()), readModel);
}
