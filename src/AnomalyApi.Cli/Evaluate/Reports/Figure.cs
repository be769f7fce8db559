using System.Globalization;
using AnomalyApi.Detection.Evaluation;

namespace AnomalyApi.Cli.Evaluate.Reports;

/// <summary>One figure of a table.</summary>
/// <param name="Title">Head of its column.</param>
/// <param name="Meaning">One sentence.</param>
/// <param name="Value">Takes it from a result.</param>
/// <param name="Format">Format of the number.</param>
/// <param name="Best">1 when higher is better, -1 when lower is, 0 when neither.</param>
/// <param name="Interval">Takes its confidence interval; null when there is none.</param>
internal sealed record Figure(
    string Title, string Meaning, Func<EvaluationResult, double> Value, string Format, int Best, Func<EvaluationIntervals, ConfidenceInterval>? Interval = null)
{
    /// <summary>The figures that tables show, in order.</summary>
    public static IReadOnlyList<Figure> All { get; } =
    [
        new("ROC-AUC", "Chance that an anomaly scores above a normal row.", result => result.RocAuc, "0.0000", 1, intervals => intervals.RocAuc),
        new("PR-AUC", "Average precision over all thresholds.", result => result.PrAuc, "0.0000", 1, intervals => intervals.PrAuc),
        new("best F1", "F1 of the best threshold for the tested rows: an upper bound.", result => result.BestF1, "0.000", 0),
        new("F1", "F1 at the threshold chosen on validation rows.", result => result.F1, "0.000", 1, intervals => intervals.F1),
        new("precision", "Share of the alarms that are anomalies, at that threshold.", result => result.Precision, "0.000", 1, intervals => intervals.Precision),
        new("recall", "Share of the anomalies that raise an alarm, at that threshold.", result => result.Recall, "0.000", 1, intervals => intervals.Recall),
        new("FPR", "Share of the normal rows that raise an alarm, at that threshold.", result => result.Fpr, "0.0000", 0, intervals => intervals.FalsePositiveRate),
        new("R@1", "Recall at the threshold that 1 % of the normal validation rows reach.", result => result.RecallAtFpr1, "0.000", 1),
        new("FPR@1", "False-positive rate measured there.", result => result.FprAt1, "0.0000", 0),
        new("R@5", "Recall at the threshold that 5 % of the normal validation rows reach.", result => result.RecallAtFpr5, "0.000", 1),
        new("FPR@5", "False-positive rate measured there.", result => result.FprAt5, "0.0000", 0),
        new("fit s", "Seconds to fit.", result => result.FitSeconds, "0.00", 0),
        new("us/row", "Microseconds to score a row, on one thread.", result => result.ScoreMicrosecondsPerRow, "0.00", 0),
    ];

    /// <summary>The mean over the seeds; a dash when it is not defined.</summary>
    public string MeanText(DetectorOutcome outcome) => Text(outcome.Mean(Value));

    /// <summary>The standard deviation over the seeds; null for one seed, or when it is not defined.</summary>
    public string? DeviationText(DetectorOutcome outcome) =>
        outcome.Results.Count > 1 && double.IsFinite(outcome.Deviation(Value)) ? Text(outcome.Deviation(Value)) : null;

    /// <summary>Where the figure would lie had other rows been tested; null for several seeds, or when it was not measured.</summary>
    public string? IntervalText(DetectorOutcome outcome) =>
        outcome.Results.Count == 1 && outcome.Results[0].Intervals is { } intervals && Interval is not null && Interval(intervals) is var interval && double.IsFinite(interval.Low)
            ? $"{Text(interval.Low)}–{Text(interval.High)}"
            : null;

    /// <summary>Mean and standard deviation.</summary>
    public string FullText(DetectorOutcome outcome) =>
        DeviationText(outcome) is { } deviation ? $"{MeanText(outcome)} ± {deviation}" : MeanText(outcome);

    /// <summary>Whether no other detector is better, to the digits shown; of one detector alone there is nothing to say.</summary>
    public bool IsBest(DetectorOutcome outcome, IReadOnlyList<DetectorOutcome> among) =>
        Best != 0 && among.Count > 1 && double.IsFinite(outcome.Mean(Value))
        && MeanText(outcome) == Text(Best * among.Select(other => Best * other.Mean(Value)).Where(double.IsFinite).Max());

    private string Text(double value) => double.IsFinite(value) ? value.ToString(Format, CultureInfo.InvariantCulture) : "-";
}
