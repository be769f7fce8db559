using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Scoring;

/// <summary>How fast the largest scores thin out: a generalised Pareto distribution of what exceeds a bound.</summary>
/// <param name="Bound">u: the tail is made of what lies above it.</param>
/// <param name="Scale">sigma, 0 or more; 0 when nothing exceeds the bound.</param>
/// <param name="Shape">xi, 0 to <see cref="MaxShape"/>; 0 is the exponential distribution.</param>
internal readonly record struct ParetoTail(float Bound, double Scale, double Shape)
{
    // Hosking and Wallis find the estimator dependable for shapes below 0.5, where the variance is still finite.
    private const double MaxShape = 0.5;

    // A tenth is the usual compromise between bias and variance; below ten points a shape cannot be told from chance.
    private const int ExceedanceShare = 10;
    private const int MinExceedances = 10;

    /// <summary>Fits the tail to the largest tenth of <paramref name="sorted"/>, at least ten values where there are so many.</summary>
    /// <param name="sorted">Ascending, finite, at least 1.</param>
    /// <remarks>
    /// Probability-weighted moments, Hosking and Wallis, Technometrics 29(3), 1987, section 4: with a0 = E[x], a1 = E[x (1 - F(x))] their
    /// k = a0 / (a0 - 2 a1) - 2 and xi = -k. A negative shape means a largest possible value, and the raw scores of an isolation forest do
    /// have one; but beyond an end point estimated from a few hundred values every p would be 0 and every such flow critical. So the shape
    /// is held at 0 or more, which errs towards fewer alarms, and sigma then follows from the mean: sigma = a0 (1 - xi).
    /// </remarks>
    public static ParetoTail Fit(ReadOnlySpan<float> sorted)
    {
        var count = Math.Min(sorted.Length - 1, Math.Max(MinExceedances, sorted.Length / ExceedanceShare));
        var bound = sorted[sorted.Length - count - 1];
        double a0 = 0, a1 = 0;
        for (var i = 0; i < count; i++)
        {
            double excess = (double)sorted[sorted.Length - count + i] - bound;
            a0 += excess / count;
            a1 += excess * (1 - (i + 1 - 0.35) / count) / count;
        }

        // All exceedances equal, or none: no spread to extrapolate from.
        if (!(a0 > 2 * a1) || a0 <= 0)
            return new ParetoTail(bound, a0, 0);

        var shape = Math.Clamp(2 - a0 / (a0 - 2 * a1), 0, MaxShape);
        return new ParetoTail(bound, a0 * (1 - shape), shape);
    }

    /// <summary>ln S(score - bound): logarithm of the share of the tail that lies higher. 0 at the bound; -infinity at infinity.</summary>
    public double LogSurvival(float score)
    {
        var excess = Math.Max(0, (double)score - Bound) / Scale;
        return Shape < 1e-9 ? -excess : -Math.Log(1 + Shape * excess) / Shape;
    }

    public void Write(ModelSectionWriter writer)
    {
        writer.WriteSingle(Bound);
        writer.WriteDouble(Scale);
        writer.WriteDouble(Shape);
    }

    public static ParetoTail Read(ModelSectionReader reader)
    {
        var tail = new ParetoTail(reader.ReadSingle(), reader.ReadDouble(), reader.ReadDouble());
        return float.IsFinite(tail.Bound) && tail.Scale is >= 0 and < double.PositiveInfinity && tail.Shape is >= 0 and <= MaxShape
            ? tail
            : throw new ModelFileException(
                $"The calibration's tail is not valid: {tail}; allowed are scales of 0 or more and shapes of 0 to {MaxShape}.");
    }
}
