namespace AnomalyApi.Detection.Scoring;

/// <summary>The score people see: -10 log10 of a p-value, the scale of Phred quality values.</summary>
/// <remarks>30 means that one normal flow in a thousand scores as high, 40 one in ten thousand, wherever the model comes from.</remarks>
public static class AnomalyScore
{
    /// <summary>The highest score; p-values below 10^-10 all have it, because no calibration can tell them apart.</summary>
    public const float Max = 100;

    /// <summary>The score of a p-value: min(100, -10 log10 p).</summary>
    /// <param name="p">0 to 1; 0 gives 100.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in 0 to 1, or not a number.</exception>
    public static float FromPValue(double p)
    {
        if (!(p is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(p), p, "A p-value lies in 0 to 1.");

        // Max also turns the -0 of p = 1 into 0.
        return (float)Math.Max(0, Math.Min(Max, -10 * Math.Log10(p)));
    }

    /// <summary>The p-value of a score: 10^(-score / 10), the share of normal traffic that scores at least as high.</summary>
    /// <param name="score">0 to 100.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in 0 to 100, or not a number.</exception>
    public static double ToPValue(float score)
    {
        CheckRange(score, nameof(score));
        return Math.Pow(10, -score / 10.0);
    }

    internal static void CheckRange(float score, string parameterName)
    {
        if (!(score is >= 0 and <= Max))
            throw new ArgumentOutOfRangeException(parameterName, score, $"A score lies in 0 to {Max}.");
    }
}
