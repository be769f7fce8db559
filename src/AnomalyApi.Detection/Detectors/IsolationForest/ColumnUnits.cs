namespace AnomalyApi.Detection.Detectors;

/// <summary>Where each column lies and how far it spreads, so that oblique cuts do not depend on units. Immutable.</summary>
internal sealed class ColumnUnits
{
    // Far beyond all fitted rows, and small enough that a weighted sum of thousands of columns is finite.
    private const float Limit = 1e15f;

    private const float LargestScale = 1e30f;

    /// <summary>Takes over arrays of equal length.</summary>
    public ColumnUnits(float[] centres, float[] scales)
    {
        (Centres, Scales) = (centres, scales);
    }

    /// <summary>Mean of each column.</summary>
    public float[] Centres { get; }

    /// <summary>One over the standard deviation of each column; 0 for a constant one.</summary>
    public float[] Scales { get; }

    /// <summary>Units of rows whose values are finite.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ColumnUnits Of(FeatureMatrix rows, CancellationToken cancellationToken)
    {
        var means = new double[rows.ColumnCount];
        var squares = new double[rows.ColumnCount];
        for (var row = 0; row < rows.RowCount; row++)
        {
            if (row % 1024 == 0)
                cancellationToken.ThrowIfCancellationRequested();

            // Welford, Technometrics 4, 1962: a large mean costs no digits.
            var values = rows.Row(row);
            for (var column = 0; column < values.Length; column++)
            {
                var gap = values[column] - means[column];
                means[column] += gap / (row + 1);
                squares[column] += gap * (values[column] - means[column]);
            }
        }

        return new ColumnUnits(
            Array.ConvertAll(means, mean => (float)mean),
            Array.ConvertAll(squares, sum => sum > 0 ? (float)Math.Min(LargestScale, Math.Sqrt(rows.RowCount / sum)) : 0));
    }

    /// <summary>Writes a row in these units. Every result is finite: infinities are far out, and NaN counts as the largest value.</summary>
    public void Apply(ReadOnlySpan<float> row, Span<float> standardised)
    {
        for (var column = 0; column < row.Length; column++)
        {
            var value = (row[column] - Centres[column]) * Scales[column];
            standardised[column] = value < -Limit ? -Limit : value < Limit ? value : Limit;
        }
    }
}
