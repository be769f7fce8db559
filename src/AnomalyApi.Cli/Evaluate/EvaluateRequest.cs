using AnomalyApi.Detection;
using AnomalyApi.Detection.Evaluation;
using AnomalyApi.Detection.Preprocessing;
using AnomalyApi.Detection.Sampling;
using AnomalyApi.Detection.Tuning;

namespace AnomalyApi.Cli.Evaluate;

/// <summary>What one <c>anomaly evaluate</c> was asked for, checked.</summary>
internal sealed record EvaluateRequest
{
    /// <summary>The command line, as it can be typed again.</summary>
    public required string CommandLine { get; init; }

    public required string Data { get; init; }

    /// <summary>File whose rows are tested; null when they are taken from <see cref="Data"/>.</summary>
    public required string? Test { get; init; }

    /// <summary>Names of the columns; null when the files may have a header.</summary>
    public required IReadOnlyList<string>? Columns { get; init; }

    public required string Label { get; init; }

    /// <summary>Labels that mean normal; empty for the usual ones.</summary>
    public required IReadOnlyList<string> Normal { get; init; }

    public required IReadOnlyList<string> Drop { get; init; }

    public required IReadOnlyList<string> Categorical { get; init; }

    public required IReadOnlyList<DetectorDescriptor> Detectors { get; init; }

    /// <summary>One for each detector.</summary>
    public required IReadOnlyList<object> Options { get; init; }

    /// <summary>Whether the catalog was asked for: then a detector that the data do not suit is left out, not a fault.</summary>
    public required bool IsWholeCatalog { get; init; }

    public required FitOn FitOn { get; init; }

    public required SplitKind Split { get; init; }

    public required int Folds { get; init; }

    public required double TestShare { get; init; }

    public required string? Time { get; init; }

    public required string? Group { get; init; }

    public required PreparationKind Prepare { get; init; }

    public required CategoryEncoding Encode { get; init; }

    public required ResamplingMethod Resample { get; init; }

    public required double Trim { get; init; }

    public required int MaxRows { get; init; }

    /// <summary>How options are searched; null for no search.</summary>
    public required SearchMethod? Search { get; init; }

    public required int Trials { get; init; }

    public required int Seed { get; init; }

    /// <summary>Number of seeds, counting up from <see cref="Seed"/>.</summary>
    public required int Seeds { get; init; }

    public required int Threads { get; init; }

    /// <summary>Files to write.</summary>
    public required IReadOnlyList<string> Out { get; init; }
}
