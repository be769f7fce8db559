namespace AnomalyApi.Detection.Scoring;

/// <summary>Joins p-values of one row into one. Thread-safe, does not allocate.</summary>
/// <remarks>
/// Liu and Xie, Journal of the American Statistical Association 115, 2020, equations 1 and 2: each p-value becomes a Cauchy quantile, a
/// weighted mean of Cauchy variables is Cauchy again, and its tail is right whatever the dependence between the p-values - detectors that look at
/// the same row never are independent.
/// </remarks>
public static class CauchyCombination
{
    /// <summary>The quantile of the standard Cauchy distribution above which <paramref name="pValue"/> of it lies: tan((0.5 - p) pi).</summary>
    /// <param name="pValue">Above 0, at most 1.</param>
    public static double Quantile(double pValue) =>
        // tan((0.5 - p) pi) = 1 / tan(p pi), which keeps the digits of a small p.
        1 / Math.Tan(Math.Min(pValue, LargestPValue) * Math.PI);

    /// <summary>The joined p-value of a weighted mean of quantiles.</summary>
    /// <param name="quantile">Mean of <see cref="Quantile"/>, the weights adding up to 1.</param>
    /// <returns>Above 0, below 1.</returns>
    public static double PValue(double quantile) =>
        // 0.5 - atan(q) / pi, written so that a small p keeps its digits.
        quantile > 0 ? Math.Atan(1 / quantile) / Math.PI : 0.5 + Math.Atan(-quantile) / Math.PI;

    // A p-value of exactly 1 would be minus infinity and silence every other detector.
    private const double LargestPValue = 0.999;
}
