namespace AnomalyApi.Detection.Explanation;

/// <summary>One feature's part in a score.</summary>
/// <param name="Feature">Column of the schema.</param>
/// <param name="Value">What the row holds.</param>
/// <param name="TypicalLow">5 % quantile of the training rows.</param>
/// <param name="TypicalHigh">95 % quantile of the training rows.</param>
/// <param name="Share">Part of the score that this feature explains, 0 to 1; the shares of one row sum to 1.</param>
public readonly record struct FeatureDriver(int Feature, float Value, float TypicalLow, float TypicalHigh, float Share);
