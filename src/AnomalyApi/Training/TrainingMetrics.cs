namespace AnomalyApi.Training;

/// <summary>What came out of a training.</summary>
/// <param name="FlowsRead">Flows sampled from the window.</param>
/// <param name="FitRows">Flows the detector was fitted on.</param>
/// <param name="CalibrationRows">Flows that gave the p-values.</param>
/// <param name="TrimmedRows">Flows left out because an earlier model called them anomalies.</param>
/// <param name="AnomalyShare">Share of the flows read that the new model calls anomalies; the threshold alone makes 10^(-threshold/10) of normal ones.</param>
/// <param name="MedianScore">Median score of the calibration flows; about 3 by construction.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record TrainingMetrics(
    int FlowsRead, int FitRows, int CalibrationRows, int TrimmedRows, double AnomalyShare, float MedianScore, double Seconds);
