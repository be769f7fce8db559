namespace AnomalyApi.Detection.Tuning;

/// <summary>One fit of a search.</summary>
/// <param name="Configuration">Number of the options, from 0 on; 0 are those the search started with. The same options are tried again with more
/// rows in later rounds.</param>
/// <param name="Options">Of the descriptor's type.</param>
/// <param name="Values">The searched options by name.</param>
/// <param name="Budget">Share of the fitting rows used, above 0 and at most 1.</param>
/// <param name="RowsFit">Number of those rows.</param>
/// <param name="Score">The metric on the validation rows; NaN after a failure.</param>
/// <param name="Seconds">Time to fit and to score the validation rows.</param>
/// <param name="Failure">Why the trial failed; null when it did not.</param>
public sealed record TuningTrial(
    int Configuration, object Options, IReadOnlyDictionary<string, object?> Values, double Budget, int RowsFit, double Score, double Seconds, string? Failure);
