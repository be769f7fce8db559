namespace AnomalyApi.Flows.Scoring;

/// <summary>A new model and the figures a person judges it by.</summary>
/// <param name="Model">The model.</param>
/// <param name="FitRows">Flows it was fitted on.</param>
/// <param name="CalibrationRows">Flows it was calibrated on.</param>
/// <param name="TrimmedRows">Flows left out: an earlier model called them anomalies, or they stand apart from the others of a recalibration.</param>
/// <param name="MedianScore">Median score of the calibration flows; about 3 by construction.</param>
/// <param name="AnomalyShare">Share of all flows read, trimmed ones included, that the new model calls anomalies.</param>
public sealed record FlowTrainingResult(
    FlowScoringModel Model, int FitRows, int CalibrationRows, int TrimmedRows, float MedianScore, double AnomalyShare);
