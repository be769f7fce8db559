using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Path lengths in isolation trees, from the theory of binary search trees.</summary>
internal static class IsolationPath
{
    private const double EulerGamma = 0.57721566490153286;
    private const float Longest = 64;

    /// <summary>c(n): the average path length of an unsuccessful search in a binary search tree of n rows; 0 for n below 2.</summary>
    /// <remarks>
    /// Liu, Ting and Zhou 2008, equation 1: 2 H(n - 1) - 2 (n - 1) / n. They estimate H(i) as ln i + 0.5772, which is 0.08 too low
    /// for c(2), the most frequent leaf; here small harmonic numbers are summed.
    /// </remarks>
    public static double AverageLength(int rowCount) =>
        rowCount < 2 ? 0 : 2 * Harmonic(rowCount - 1) - 2.0 * (rowCount - 1) / rowCount;

    /// <summary>The height at which growing stops: ceil(log2(sample size)), section 2 of the paper.</summary>
    public static int HeightLimit(int sampleSize) => sampleSize < 2 ? 0 : System.Numerics.BitOperations.Log2((uint)sampleSize - 1) + 1;

    /// <summary>What the sum of a row's path lengths is multiplied by to give the logarithm of its score: -1 / (trees x c(sample size)).</summary>
    public static float ExponentOf(int treeCount, int sampleSize)
    {
        var average = sampleSize == 1 ? 1 : AverageLength(sampleSize);
        return (float)(-1 / (treeCount * average));
    }

    /// <summary>Refuses lengths that no tree has.</summary>
    /// <exception cref="ModelFileException">A length is not in 0 to 64.</exception>
    public static void CheckLengths(float[] lengths)
    {
        if (lengths.Any(path => path is not (>= 0 and <= Longest)))
            throw new ModelFileException($"A path length is not in 0 to {Longest}.");
    }

    private static double Harmonic(int n)
    {
        if (n > 64)
            return Math.Log(n) + EulerGamma + 1.0 / (2.0 * n) - 1.0 / (12.0 * n * n); // Euler-Maclaurin; the next term is below 1e-9

        var sum = 0.0;
        for (var i = n; i >= 1; i--)
            sum += 1.0 / i;

        return sum;
    }
}
