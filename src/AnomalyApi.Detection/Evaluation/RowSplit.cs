namespace AnomalyApi.Detection.Evaluation;

/// <summary>Which rows may be learned from and which are tested. No row is in both; some may be in neither.</summary>
/// <param name="Fit">Indices of rows to fit on and to choose with, ascending.</param>
/// <param name="Test">Indices of rows to test on, ascending.</param>
public sealed record RowSplit(int[] Fit, int[] Test);
