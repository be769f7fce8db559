using AnomalyApi.Cli.Evaluate.Data;
using AnomalyApi.Detection.Evaluation;

namespace AnomalyApi.Cli.Evaluate;

/// <summary>Divides the rows of a table as was asked.</summary>
internal static class SplitPlan
{
    /// <summary>The splits to carry out: one, or one for each fold.</summary>
    /// <exception cref="ArgumentException">The rows cannot be divided so.</exception>
    public static IReadOnlyList<RowSplit> Of(EvaluateRequest request, LabelledTable table, ulong seed) => request.Split switch
    {
        SplitKind.KFold => Splits.KFold(table.Labels, request.Folds, seed),
        SplitKind.Loo => Splits.LeaveOneOut(table.Rows.RowCount),
        SplitKind.Time => [Splits.ByTime(Array.ConvertAll(table.Times, seconds => (long)Math.Round(seconds * 1e6)), request.TestShare)],
        SplitKind.OneClass => [Splits.OneClass(table.Labels, seed)],
        SplitKind.Hash => [Splits.ByBits(table.IsOddHash)],
        SplitKind.Group => [Splits.ByGroup(table.Groups, request.TestShare, seed)],
        SplitKind.File => [new RowSplit([.. Enumerable.Range(0, table.DataCount)], [.. Enumerable.Range(table.DataCount, table.Rows.RowCount - table.DataCount)])],
        _ => [Splits.HoldOut(table.Labels, request.TestShare, seed)],
    };
}
