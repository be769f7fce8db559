namespace AnomalyApi.Detection.Scoring;

/// <summary>What one feature usually is in the rows a model was fitted on.</summary>
/// <param name="Low">5 % quantile.</param>
/// <param name="Median">50 % quantile, a value that occurs.</param>
/// <param name="High">95 % quantile.</param>
/// <param name="Spread">
/// One unit of distance, always above 0: the standard deviation of a normal distribution with the same 5 % and 95 % quantiles. Where the
/// two are equal (a rare flag), the standard deviation; where that is 0 too (a constant), a thousandth of the median, at least 0.001.
/// </param>
public readonly record struct TypicalRange(float Low, float Median, float High, float Spread)
{
    // 1.645, the 95 % quantile of the normal distribution, on both sides.
    private const double NormalWidth = 2 * 1.6448536269514722;

    /// <summary>How untypical a value is: 0 at the median, 1 at the edge of the range, 1 more for each spread beyond it.</summary>
    /// <remarks>
    /// Inside the range the unit is the way from the median to that edge, so that either value of a flag that is often 0 and often 1
    /// stays at 1 or less, and no value inside ever counts for more than one outside. A value that is not finite is infinitely far.
    /// </remarks>
    public float DistanceOf(float value)
    {
        if (!float.IsFinite(value))
            return float.PositiveInfinity;

        // In double: the difference of two floats may exceed the largest float.
        double x = value, low = Low, median = Median, high = High;
        var distance =
            x < low ? 1 + (low - x) / Spread
            : x > high ? 1 + (x - high) / Spread
            : x < median ? (median - x) / (median - low)
            : x > median ? (x - median) / (high - median)
            : 0;
        return (float)distance;
    }

    /// <summary>The ranges of all columns.</summary>
    /// <param name="rows">At least 1 row, all values finite.</param>
    internal static TypicalRange[] Of(FeatureMatrix rows)
    {
        var ranges = new TypicalRange[rows.ColumnCount];
        var column = new float[rows.RowCount];
        for (var feature = 0; feature < ranges.Length; feature++)
        {
            for (var row = 0; row < column.Length; row++)
                column[row] = rows.Row(row)[feature];

            column.AsSpan().Sort();
            ranges[feature] = OfSorted(column);
        }

        return ranges;
    }

    private static TypicalRange OfSorted(ReadOnlySpan<float> sorted)
    {
        var low = Quantile(sorted, 0.05);
        var median = Quantile(sorted, 0.5);
        var high = Quantile(sorted, 0.95);
        var spread = ((double)high - low) / NormalWidth;
        if (spread <= 0)
            spread = StandardDeviation(sorted);

        if (spread <= 0)
            spread = 0.001 * Math.Max(1, Math.Abs((double)median));

        // A range as wide as float itself, or narrower than its smallest step, must still be a finite number above 0.
        return new TypicalRange(low, median, high, (float)Math.Clamp(spread, float.Epsilon, float.MaxValue));
    }

    private static float Quantile(ReadOnlySpan<float> sorted, double share) => sorted[(int)Math.Round(share * (sorted.Length - 1))];

    private static double StandardDeviation(ReadOnlySpan<float> sorted)
    {
        // From the median, not from 0: then the rounding of the mean cannot give a constant column a spread.
        double origin = sorted[sorted.Length / 2], mean = 0, squares = 0;
        foreach (var value in sorted)
            mean += (value - origin) / sorted.Length;

        foreach (var value in sorted)
            squares += (value - origin - mean) * (value - origin - mean) / sorted.Length;

        return Math.Sqrt(squares);
    }
}
