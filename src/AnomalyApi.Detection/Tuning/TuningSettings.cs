using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Tuning;

/// <summary>How options are searched for.</summary>
public sealed record TuningSettings
{
    /// <summary>How options to try are chosen. The default is Random.</summary>
    public SearchMethod Search { get; init; } = SearchMethod.Random;

    /// <summary>Different options tried, from 1 to 10000; the first are always those given. The default is 20.</summary>
    [Range(1, 10_000)]
    public int Trials { get; init; } = 20;

    /// <summary>Values of a numeric option in a grid, from 2 to 100. The default is 3.</summary>
    [Range(2, 100)]
    public int GridSteps { get; init; } = 3;

    /// <summary>What options are chosen by. The default is RocAuc.</summary>
    public TuningMetric Metric { get; init; } = TuningMetric.RocAuc;

    /// <summary>What may be tried; null for <see cref="SearchSpace.Of(DetectorDescriptor)"/>.</summary>
    public SearchSpace? Space { get; init; }

    /// <summary>Of how many options one goes on to the next round, from 2 to 100. The default is 3.</summary>
    [Range(2, 100)]
    public int ReductionFactor { get; init; } = 3;

    /// <summary>Share of the fitting rows in the first round, from 0.001 to 1; 1 for no successive halving. The default is 0.1.</summary>
    [Range(0.001, 1.0)]
    public double MinBudget { get; init; } = 0.1;
}
