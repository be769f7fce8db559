namespace AnomalyApi.Detection.Detectors;

/// <summary>First- and second-order gradient of each row, as whole numbers in one word: the first in the upper half, the second in the
/// lower.</summary>
/// <remarks>
/// One addition of words adds both, a histogram takes half the room, and because whole numbers are added, sums do not depend on their
/// order: this is what makes a model the same for any number of threads. Units are chosen so that the sum over all rows of the absolute
/// first-order values stays below 2^30, and of the second-order ones below 2^31; the mean row of 100,000 is then still told to 1 in 10,000,
/// and rounding errors of rows cancel. The second-order values are never negative, so the lower half never borrows from the upper.
/// </remarks>
internal sealed class RowGradients(int rowCount)
{
    /// <summary>One word for each row.</summary>
    public long[] Words { get; } = new long[rowCount];

    /// <summary>What 1 in the upper half stands for.</summary>
    public double FirstUnit { get; private set; } = 1;

    /// <summary>What 1 in the lower half stands for.</summary>
    public double SecondUnit { get; private set; } = 1;

    /// <summary>Chooses the units.</summary>
    /// <param name="firstTotal">Sum of the absolute first-order values of all rows.</param>
    /// <param name="secondTotal">Sum of the second-order values of all rows.</param>
    public void Scale(double firstTotal, double secondTotal)
    {
        // Rounding may add a half for each row, for which the other half of the range is left.
        FirstUnit = Math.Max(firstTotal, 1e-30) / (1 << 30);
        SecondUnit = Math.Max(secondTotal, 1e-30) / (1L << 31);
    }

    /// <summary>The word of one row.</summary>
    public long Word(double first, double second) =>
        ((long)Math.Round(first / FirstUnit) << 32) + (long)Math.Round(second / SecondUnit);

    /// <summary>The first-order sum in a sum of words.</summary>
    public double First(long words) => (words >> 32) * FirstUnit;

    /// <summary>The second-order sum in a sum of words.</summary>
    public double Second(long words) => (uint)words * SecondUnit;
}
