using System.ComponentModel.DataAnnotations;
using AnomalyApi.Detection.Preprocessing;
using AnomalyApi.Detection.Tuning;

namespace AnomalyApi.Detection.Evaluation;

/// <summary>How detectors are evaluated.</summary>
public sealed record EvaluationSettings
{
    /// <summary>Seed of every random choice. The default is 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>Threads that may be used, from 1 to 1024; results are the same for any number. The default is 1.</summary>
    [Range(1, 1024)]
    public int MaxThreads { get; init; } = 1;

    /// <summary>What the detector is fitted on. The default is Normal.</summary>
    public FitOn FitOn { get; init; } = FitOn.Normal;

    /// <summary>Share of the fitting rows that thresholds are chosen on instead, from 0.01 to 0.9. The default is 0.2.</summary>
    [Range(0.01, 0.9)]
    public double ValidationShare { get; init; } = 0.2;

    /// <summary>What the threshold is chosen by. The default is Automatic.</summary>
    public ThresholdRule ThresholdRule { get; init; } = ThresholdRule.Automatic;

    /// <summary>Share of normal validation rows let through by <see cref="ThresholdRule.NormalShare"/>, from 0 to 1. The default is 0.05.</summary>
    [Range(0.0, 1.0)]
    public double NormalShare { get; init; } = 0.05;

    /// <summary>How rows are prepared; fitted on the rows the detector is fitted on. The default is <see cref="PreparationOptions.Default"/>.</summary>
    public PreparationOptions Preparation { get; init; } = PreparationOptions.Default;

    /// <summary>One kind a column; null when every column is numeric.</summary>
    public IReadOnlyList<ColumnKind>? Kinds { get; init; }

    /// <summary>Share of the fitting rows left out as the most anomalous before the detector is fitted, from 0 to 0.5; 0 for no trimming. The
    /// default is 0.</summary>
    /// <remarks>As <see cref="Scoring.TrimmedDetector"/>, for detectors that need no labels.</remarks>
    [Range(0.0, 0.5)]
    public double TrimShare { get; init; }

    /// <summary>How options are chosen, on the fitting rows of each split alone; null to take those given.</summary>
    public TuningSettings? Tuning { get; init; }

    /// <summary>Draws for confidence intervals, from 0 to 100000; 0 for none. The default is 1000.</summary>
    [Range(0, 100_000)]
    public int BootstrapReplicates { get; init; } = 1000;

    /// <summary>Share of draws inside a confidence interval, from 0.5 to 0.999. The default is 0.95.</summary>
    [Range(0.5, 0.999)]
    public double ConfidenceLevel { get; init; } = 0.95;

    /// <summary>Points a curve is thinned to, from 2 to 100000. The default is 200.</summary>
    [Range(2, 100_000)]
    public int CurvePoints { get; init; } = 200;

    /// <summary>Bins of the score histogram, from 1 to 1000. The default is 50.</summary>
    [Range(1, 1000)]
    public int HistogramBins { get; init; } = 50;

    /// <summary>Receives the finished share, 0 to 1, from any thread; null when nobody watches.</summary>
    public IProgress<double>? Progress { get; init; }
}
