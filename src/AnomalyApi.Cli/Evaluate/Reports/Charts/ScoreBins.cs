using AnomalyApi.Cli.Evaluate.Data;
using AnomalyApi.Detection;
using AnomalyApi.Detection.Evaluation;

namespace AnomalyApi.Cli.Evaluate.Reports.Charts;

/// <summary>The scores of the tested rows in bins of equal width, on an axis on which they can be told apart.</summary>
internal sealed class ScoreBins
{
    private const int Count = 48;

    // Distances have tails a million times longer than their bulk. What is cut off counts in the bins at the ends.
    private const double CutShare = 0.005;
    private const double Skewed = 20;
    private const double LeastOfMedian = 1e-3;

    private ScoreBins(ChartAxis axis) => Axis = axis;

    public ChartAxis Axis { get; }

    /// <summary>Share of the normal rows in each bin.</summary>
    public double[] Normals { get; } = new double[Count];

    /// <summary>Share of the anomalous rows in each bin.</summary>
    public double[] Anomalies { get; } = new double[Count];

    public static ScoreBins Of(EvaluationResult result, LabelledTable table)
    {
        var bins = new ScoreBins(AxisOf(result));
        double normals = Math.Max(1, result.Counts.Normals), anomalies = Math.Max(1, result.Counts.Anomalies);
        for (var i = 0; i < result.TestScores.Length; i++)
        {
            var bin = Math.Min(Count - 1, (int)(bins.Axis.At(result.TestScores[i]) * Count));
            var label = table.Labels[result.TestRows[i]];
            bins.Normals[bin] += label == RowLabel.Normal ? 1 / normals : 0;
            bins.Anomalies[bin] += label == RowLabel.Anomaly ? 1 / anomalies : 0;
        }

        return bins;
    }

    private static ChartAxis AxisOf(EvaluationResult result)
    {
        var title = result.Folds > 1 ? "-10 log10 p" : "raw score";
        var sorted = result.TestScores.ToArray();
        Array.Sort(sorted);
        var cut = (int)(sorted.Length * CutShare);
        double low = sorted[cut], middle = sorted[sorted.Length / 2], high = sorted[sorted.Length - 1 - cut];
        if (middle > 0 && low >= 0 && high - middle > Skewed * (middle - low))
            return new ChartAxis(title + ", logarithmic", Math.Max(low, middle * LeastOfMedian), high, IsLogarithmic: true);

        return high > low ? new ChartAxis(title, low, high) : new ChartAxis(title, low - Math.Max(0.5, Math.Abs(low) * 0.01), low + Math.Max(0.5, Math.Abs(low) * 0.01));
    }
}
