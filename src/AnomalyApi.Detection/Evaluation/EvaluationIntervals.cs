namespace AnomalyApi.Detection.Evaluation;

/// <summary>Confidence intervals of an evaluation's figures, by <see cref="Bootstrap"/> over the tested rows.</summary>
public sealed record EvaluationIntervals(
    ConfidenceInterval RocAuc,
    ConfidenceInterval PrAuc,
    ConfidenceInterval Precision,
    ConfidenceInterval Recall,
    ConfidenceInterval F1,
    ConfidenceInterval FalsePositiveRate);
