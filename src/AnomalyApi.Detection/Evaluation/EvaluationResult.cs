using AnomalyApi.Detection.Tuning;

namespace AnomalyApi.Detection.Evaluation;

/// <summary>What one evaluation of one detector found. A figure that is not defined, for example because no anomaly was tested, is NaN.</summary>
public sealed record EvaluationResult
{
    /// <summary>Name of the detector.</summary>
    public required string Detector { get; init; }

    /// <summary>Seed of the evaluation.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Options the detector was fitted with, of its descriptor's type. Of several folds that were tuned apart, those of the first.</summary>
    public required object Options { get; init; }

    /// <summary>Rows the detector was fitted on. Of several folds the mean, rounded; so with <see cref="RowsValidation"/>.</summary>
    public required int RowsFit { get; init; }

    /// <summary>Rows that thresholds were chosen on.</summary>
    public required int RowsValidation { get; init; }

    /// <summary>Labelled rows tested, of all folds together.</summary>
    public required int RowsTest { get; init; }

    /// <summary>Splits whose tested rows were pooled; 1 for a single split.</summary>
    public required int Folds { get; init; }

    /// <summary>Area under the ROC curve.</summary>
    public required double RocAuc { get; init; }

    /// <summary>Area under the precision-recall curve, as average precision.</summary>
    public required double PrAuc { get; init; }

    /// <summary>Largest F1 of any threshold: chosen on the tested rows, so an upper bound only.</summary>
    public required double BestF1 { get; init; }

    /// <summary>Score from which on a row raises an alarm, chosen on the validation rows. For pooled folds in units of -10 log10 p.</summary>
    public required float Threshold { get; init; }

    /// <summary>What <see cref="Threshold"/> was chosen by; never <see cref="ThresholdRule.Automatic"/>.</summary>
    public required ThresholdRule ThresholdRule { get; init; }

    /// <summary>Counts of the tested rows at <see cref="Threshold"/>.</summary>
    public required ConfusionCounts Counts { get; init; }

    /// <summary>Precision at <see cref="Threshold"/>.</summary>
    public double Precision => Counts.Precision;

    /// <summary>Recall at <see cref="Threshold"/>.</summary>
    public double Recall => Counts.Recall;

    /// <summary>F1 at <see cref="Threshold"/>.</summary>
    public double F1 => Counts.F1;

    /// <summary>Accuracy at <see cref="Threshold"/>.</summary>
    public double Accuracy => Counts.Accuracy;

    /// <summary>False-positive rate at <see cref="Threshold"/>.</summary>
    public double Fpr => Counts.FalsePositiveRate;

    /// <summary>False-negative rate at <see cref="Threshold"/>.</summary>
    public double Fnr => Counts.FalseNegativeRate;

    /// <summary>The threshold that lets 1 % of the normal validation rows through.</summary>
    public required float ThresholdAtFpr1 { get; init; }

    /// <summary>Counts of the tested rows at <see cref="ThresholdAtFpr1"/>.</summary>
    public required ConfusionCounts CountsAtFpr1 { get; init; }

    /// <summary>Recall at <see cref="ThresholdAtFpr1"/>.</summary>
    public double RecallAtFpr1 => CountsAtFpr1.Recall;

    /// <summary>False-positive rate measured at <see cref="ThresholdAtFpr1"/>.</summary>
    public double FprAt1 => CountsAtFpr1.FalsePositiveRate;

    /// <summary>The threshold that lets 5 % of the normal validation rows through.</summary>
    public required float ThresholdAtFpr5 { get; init; }

    /// <summary>Counts of the tested rows at <see cref="ThresholdAtFpr5"/>.</summary>
    public required ConfusionCounts CountsAtFpr5 { get; init; }

    /// <summary>Recall at <see cref="ThresholdAtFpr5"/>.</summary>
    public double RecallAtFpr5 => CountsAtFpr5.Recall;

    /// <summary>False-positive rate measured at <see cref="ThresholdAtFpr5"/>.</summary>
    public double FprAt5 => CountsAtFpr5.FalsePositiveRate;

    /// <summary>Time to fit the detector, in seconds, without preparation and tuning. Of several folds the mean.</summary>
    public required double FitSeconds { get; init; }

    /// <summary>Time to fit the preparation and to prepare the fitting rows, in seconds. Of several folds the mean.</summary>
    public required double PrepareSeconds { get; init; }

    /// <summary>Time to score one prepared row on one thread, in microseconds.</summary>
    public required double ScoreMicrosecondsPerRow { get; init; }

    /// <summary>Confidence intervals; null when none were asked for or a label is missing.</summary>
    public required EvaluationIntervals? Intervals { get; init; }

    /// <summary>Recall over the false-positive rate, for drawing.</summary>
    public required IReadOnlyList<CurvePoint> RocCurve { get; init; }

    /// <summary>Precision over the recall, for drawing.</summary>
    public required IReadOnlyList<CurvePoint> PrecisionRecallCurve { get; init; }

    /// <summary>Scores of the tested rows, for drawing.</summary>
    public required ScoreHistogram Histogram { get; init; }

    /// <summary>What the tuning tried, of the first fold; null without tuning.</summary>
    public required TuningResult? Tuning { get; init; }

    /// <summary>What a reader of the figures should know, one sentence each; empty when there is nothing.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Score of each tested row, in the order of the split's tested rows, folds one after another: for measures of one's own, for
    /// example by kind of attack.</summary>
    public required float[] TestScores { get; init; }

    /// <summary>Index of the row that each of <see cref="TestScores"/> belongs to, in the matrix tested rows were picked from.</summary>
    public required int[] TestRows { get; init; }
}
