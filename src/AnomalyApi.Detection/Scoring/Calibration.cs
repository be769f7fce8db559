using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Scoring;

/// <summary>Turns raw scores into p-values by comparing them with those of held-out rows. Immutable and thread-safe.</summary>
/// <remarks>
/// Within the calibration scores p is conformal, (1 + #{calibration >= raw}) / (n + 1): for a new row from the same traffic P(p &lt;= a)
/// &lt;= a whatever the distribution (Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World, 2005, section 2.2). n points cannot
/// tell anything below 1 / (n + 1), so above the largest score p goes on along a generalised Pareto tail that starts at that value and falls
/// steadily. With one calibration score, or all equal, there is no spread to extrapolate and every higher raw score has p = 1 / (n + 1).
/// </remarks>
public sealed class Calibration
{
    // So that a logarithm or a Cauchy quantile of p stays finite.
    private const double MinPValue = 1e-15;

    private readonly SortedScores _scores;
    private readonly ParetoTail _tail;
    private readonly double _logSurvivalOfLast;

    private Calibration(float[] sorted, ParetoTail tail)
    {
        _scores = new SortedScores(sorted);
        _tail = tail;
        _logSurvivalOfLast = tail.Scale > 0 ? tail.LogSurvival(sorted[^1]) : 0;
    }

    /// <summary>Number of calibration scores, 1 or more.</summary>
    public int Count => _scores.Count;

    /// <summary>Calibrates on raw scores of rows the detector was not fitted on.</summary>
    /// <param name="rawScores">At least 1, all finite, in any order. Copied.</param>
    /// <exception cref="ArgumentException">There are none, or one is not finite.</exception>
    public static Calibration Fit(ReadOnlySpan<float> rawScores)
    {
        if (rawScores.IsEmpty)
            throw new ArgumentException("There are no scores to calibrate on; at least 1 is needed.", nameof(rawScores));

        foreach (var score in rawScores)
        {
            if (!float.IsFinite(score))
                throw new ArgumentException($"{score} cannot be calibrated on; scores must be finite.", nameof(rawScores));
        }

        var sorted = rawScores.ToArray();
        sorted.AsSpan().Sort();
        return new Calibration(sorted, ParetoTail.Fit(sorted));
    }

    /// <summary>Calibrates a model on rows it was not fitted on.</summary>
    /// <exception cref="ArgumentException">There are no rows, or they are of another width.</exception>
    internal static Calibration Fit(IDetectorModel model, FeatureMatrix rows, CancellationToken cancellationToken)
    {
        var raw = new float[rows.RowCount];
        model.Score(rows, raw, cancellationToken);
        return Fit(raw);
    }

    /// <summary>The share of normal rows that score at least as high: above 0, at most 1, never rising with
    /// <paramref name="raw"/>.</summary>
    /// <param name="raw">A raw score of the detector that was calibrated. NaN, which no detector gives, has p = 1.</param>
    public double PValue(float raw)
    {
        if (raw > _scores.Largest)
            return BeyondLast(raw);

        return (1.0 + _scores.Count - _scores.CountBelow(raw)) / (_scores.Count + 1.0);
    }

    /// <summary>Writes everything <see cref="Read"/> needs to give identical p-values.</summary>
    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteArray(_scores.Values);
        _tail.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no calibration.</exception>
    public static Calibration Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var sorted = reader.ReadArray<float>();
        if (sorted.Length == 0)
            throw new ModelFileException("The calibration has no scores; at least 1 is needed.");

        for (var i = 0; i < sorted.Length; i++)
        {
            if (!float.IsFinite(sorted[i]) || (i > 0 && sorted[i] < sorted[i - 1]))
                throw new ModelFileException($"Calibration score {i} is {sorted[i]}; scores must be finite and ascending.");
        }

        var calibration = new Calibration(sorted, ParetoTail.Read(reader));
        return double.IsFinite(calibration._logSurvivalOfLast)
            ? calibration
            : throw new ModelFileException("The calibration's tail does not reach its last score; its scale is too small.");
    }

    private double BeyondLast(float raw)
    {
        var share = _tail.Scale > 0 ? Math.Exp(_tail.LogSurvival(raw) - _logSurvivalOfLast) : 1;
        return Math.Max(MinPValue, share / (_scores.Count + 1.0));
    }
}
