using AnomalyApi.Detection;
using AnomalyApi.Detection.Preprocessing;

namespace AnomalyApi.Cli.Evaluate;

/// <summary>The options that a kind stands for.</summary>
internal static class PreparationKinds
{
    public static PreparationOptions For(this PreparationKind kind, DetectorDescriptor detector, CategoryEncoding categories) => kind switch
    {
        PreparationKind.Standard => PreparationOptions.Standard with { Categories = categories },
        PreparationKind.MinMax => new PreparationOptions { Scaling = Scaling.MinMax, Categories = categories },
        PreparationKind.Robust => new PreparationOptions { Scaling = Scaling.Robust, Categories = categories },

        // Missing values are filled all the same for those who cannot fit them.
        PreparationKind.None => PreparationOptions.None with
        {
            Missing = detector.AcceptsMissing ? MissingValues.Keep : MissingValues.Median,
            Categories = categories,
        },
        _ => PreparationOptions.Default with { Categories = categories },
    };
}
