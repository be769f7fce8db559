namespace AnomalyApi.Detection.Evaluation;

/// <summary>The largest F1 that any threshold gives, and that threshold.</summary>
/// <param name="F1">0 to 1; NaN when there is no anomaly.</param>
/// <param name="Threshold">A score that occurs: rows from it on raise an alarm. The highest, where several give the same F1; infinity when
/// there is no anomaly.</param>
public readonly record struct BestF1(double F1, float Threshold);
