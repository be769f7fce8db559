namespace AnomalyApi.Detection.Detectors;

/// <summary>The width of a radial kernel, exp(-gamma |x - y|^2).</summary>
internal static class RadialGamma
{
    /// <summary>Least gamma; what is smaller would be 0 in single precision.</summary>
    public const double Least = 1e-37;

    /// <summary>Largest gamma.</summary>
    public const double Largest = 1e6;

    /// <summary>The gamma that was asked for; for 0 the one that fits the spread of the rows, 1 / (columns x variance of all values), and 1
    /// when all are equal.</summary>
    /// <param name="rows">At least one, all finite.</param>
    public static double Choose(double asked, FeatureMatrix rows)
    {
        if (asked > 0)
            return Math.Clamp(asked, Least, Largest);

        double sum = 0, squares = 0;
        var values = rows.AsSpan();
        foreach (var value in values)
            sum += value;

        var mean = sum / values.Length;
        foreach (var value in values)
            squares += (value - mean) * (value - mean);

        var variance = squares / values.Length;
        return variance > 0 ? Math.Clamp(1 / (rows.ColumnCount * variance), Least, Largest) : 1;
    }
}
