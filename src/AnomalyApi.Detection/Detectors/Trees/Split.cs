namespace AnomalyApi.Detection.Detectors;

/// <summary>The best cut of a node.</summary>
/// <param name="Gain">What it gains; 0 when there is no cut.</param>
/// <param name="Column">Column that is compared.</param>
/// <param name="Bin">The last bin that goes left.</param>
/// <param name="MissingLeft">Where rows without a value go.</param>
/// <param name="LeftSum">Sum of the <see cref="RowGradients"/> of the rows that go left.</param>
internal readonly record struct Split(double Gain, int Column, byte Bin, bool MissingLeft, long LeftSum);
