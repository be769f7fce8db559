using System.Globalization;

namespace AnomalyApi.Cli.Evaluate.Reports;

/// <summary>How rows were divided, in a sentence.</summary>
internal static class SplitText
{
    public static string Of(EvaluateRequest request) => request.Split switch
    {
        SplitKind.KFold => $"Every row tested once, in {request.Folds} folds.",
        SplitKind.Loo => "Every row tested alone, fitted on all others.",
        SplitKind.Time => $"The latest {Percent(request.TestShare)} of the rows tested, by column {request.Time}.",
        SplitKind.OneClass => "Fitted on a random half of the normal rows; tested on the other half and all anomalies.",
        SplitKind.Hash => "Tested rows chosen by a hash of their content, so that copies stand on one side.",
        SplitKind.Group => $"About {Percent(request.TestShare)} of the rows tested, whole groups of column {request.Group}.",
        SplitKind.File => $"Fitted on {Path.GetFileName(request.Data)}, tested on {Path.GetFileName(request.Test)}.",
        _ => $"A random {Percent(request.TestShare)} of the rows of each label tested.",
    };

    private static string Percent(double share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %";
}
