using System.Text.Json.Serialization;
using AnomalyApi.Detection.Evaluation;

namespace AnomalyApi.Cli.Evaluate.Reports;

/// <summary>One result as JSON. A figure that is not defined is null.</summary>
internal sealed record ResultRecord(
    string Detector,
    ulong Seed,
    int RowsFit,
    int RowsTest,
    double? RocAuc,
    double? PrAuc,
    [property: JsonPropertyName("best_f1")] double? BestF1,
    double? Precision,
    double? Recall,
    [property: JsonPropertyName("f1")] double? F1,
    double? Accuracy,
    double? Fpr,
    double? Fnr,
    [property: JsonPropertyName("recall_at_fpr_1")] double? RecallAtFpr1,
    [property: JsonPropertyName("fpr_at_1")] double? FprAt1,
    [property: JsonPropertyName("recall_at_fpr_5")] double? RecallAtFpr5,
    [property: JsonPropertyName("fpr_at_5")] double? FprAt5,
    double? Threshold,
    double? FitSeconds,
    double? ScoreMicrosecondsPerRow)
{
    public static ResultRecord Of(EvaluationResult result) => new(
        result.Detector,
        result.Seed,
        result.RowsFit,
        result.RowsTest,
        Number(result.RocAuc),
        Number(result.PrAuc),
        Number(result.BestF1),
        Number(result.Precision),
        Number(result.Recall),
        Number(result.F1),
        Number(result.Accuracy),
        Number(result.Fpr),
        Number(result.Fnr),
        Number(result.RecallAtFpr1),
        Number(result.FprAt1),
        Number(result.RecallAtFpr5),
        Number(result.FprAt5),
        Number(result.Threshold),
        Number(result.FitSeconds),
        Number(result.ScoreMicrosecondsPerRow));

    private static double? Number(double value) => double.IsFinite(value) ? value : null;
}
