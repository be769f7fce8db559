using AnomalyApi.Detection;
using AnomalyApi.Detection.Evaluation;

namespace AnomalyApi.Cli.Evaluate;

/// <summary>What one detector came to, with each seed.</summary>
internal sealed record DetectorOutcome(DetectorDescriptor Detector, IReadOnlyList<EvaluationResult> Results)
{
    /// <summary>Mean of a figure over the seeds; NaN when it is not defined for one of them.</summary>
    public double Mean(Func<EvaluationResult, double> figure) => Results.Average(figure);

    /// <summary>Standard deviation of a figure over the seeds, with n - 1; 0 for one seed.</summary>
    public double Deviation(Func<EvaluationResult, double> figure)
    {
        var mean = Mean(figure);
        return Results.Count == 1 ? 0 : Math.Sqrt(Results.Sum(result => Math.Pow(figure(result) - mean, 2)) / (Results.Count - 1));
    }
}
