namespace AnomalyApi.Detection.Detectors;

/// <summary>What <see cref="SmoSolver"/> found.</summary>
/// <param name="Coefficients">One a row, within its bounds; most are 0 or at a bound.</param>
/// <param name="Offset">What the decision adds to the kernel sum, so that it is 0 for rows whose coefficient is free.</param>
/// <param name="Steps">Pairs that were changed.</param>
internal sealed record SmoSolution(double[] Coefficients, double Offset, int Steps);
