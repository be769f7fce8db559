namespace AnomalyApi.Detection.Evaluation;

/// <summary>One point of a curve over all thresholds.</summary>
/// <param name="X">Of a ROC curve the false-positive rate, of a precision-recall curve the recall; 0 to 1.</param>
/// <param name="Y">Of a ROC curve the recall, of a precision-recall curve the precision; 0 to 1.</param>
/// <param name="Threshold">Score from which on rows raise an alarm at this point; infinity where none does.</param>
public readonly record struct CurvePoint(double X, double Y, float Threshold);
