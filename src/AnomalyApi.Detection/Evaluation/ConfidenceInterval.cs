namespace AnomalyApi.Detection.Evaluation;

/// <summary>Where a measure would lie if other rows of the same kind had been tested.</summary>
/// <param name="Low">Lower end; NaN when the measure is not defined.</param>
/// <param name="High">Upper end, not below <paramref name="Low"/>; NaN when the measure is not defined.</param>
public readonly record struct ConfidenceInterval(double Low, double High);
