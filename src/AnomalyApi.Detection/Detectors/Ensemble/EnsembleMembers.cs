using System.Globalization;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Reads what <see cref="EnsembleOptions"/> say in words.</summary>
internal static class EnsembleMembers
{
    /// <summary>What may be joined: every detector of the catalog but those that join others.</summary>
    /// <remarks>Found at each use: the catalog is still being made when its descriptors are.</remarks>
    public static IReadOnlyList<string> Allowed =>
        [.. DetectorCatalog.All.Select(detector => detector.Name).Where(name => name is not (DetectorCatalog.EnsembleName or DetectorCatalog.BaggingName))];

    public static string[] Names(EnsembleOptions options) => Split(options.Members);

    /// <summary>One weight a member; null when one is no number.</summary>
    public static double[]? Weights(EnsembleOptions options)
    {
        var texts = Split(string.IsNullOrWhiteSpace(options.Weights) && options.Members == EnsembleOptions.DefaultMembers ? EnsembleOptions.DefaultWeights : options.Weights);
        if (texts.Length == 0)
            return [.. Names(options).Select(_ => 1.0)];

        var weights = new double[texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            if (!double.TryParse(texts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out weights[i]))
                return null;
        }

        return weights;
    }

    private static string[] Split(string? text) =>
        (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
