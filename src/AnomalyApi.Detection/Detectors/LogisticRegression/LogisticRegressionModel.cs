using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A fitted <see cref="LogisticRegression"/>. Immutable and thread-safe; scoring does not allocate.</summary>
/// <remarks>
/// A raw score is the natural logarithm of the odds that the row is an anomaly, with the classes weighted as they were for fitting: 0 where
/// both are as likely. NaN is taken as the mean of its column among the fitted rows, an infinity as the largest finite value. A row's score
/// does not depend on the rows scored beside it, nor on the vector width of the machine.
/// </remarks>
public sealed class LogisticRegressionModel : IDetectorModel
{
    private readonly double[] _weights;
    private readonly double[] _means;
    private readonly double _intercept;

    internal LogisticRegressionModel(double[] weights, double[] means, double intercept) =>
        (_weights, _means, _intercept) = (weights, means, intercept);

    /// <inheritdoc/>
    public int FeatureCount => _weights.Length;

    /// <summary>What each column adds to the log-odds for every unit of it.</summary>
    public ReadOnlySpan<double> Weights => _weights;

    /// <summary>The log-odds of a row of zeros.</summary>
    public double Intercept => _intercept;

    /// <inheritdoc/>
    public void Score(FeatureMatrix rows, Span<float> scores)
    {
        DetectorArguments.CheckScore(FeatureCount, rows, scores);
        for (var row = 0; row < scores.Length; row++)
        {
            var values = rows.Row(row);
            var logOdds = WidenedRow.Dot(values, _weights) + _intercept;
            if (!double.IsFinite(logOdds))
                logOdds = OfFiniteValues(values);

            scores[row] = (float)Math.Clamp(logOdds, float.MinValue, float.MaxValue);
        }
    }

    /// <inheritdoc/>
    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteDouble(_intercept);
        writer.WriteArray<double>(_weights);
        writer.WriteArray<double>(_means);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no logistic regression.</exception>
    public static LogisticRegressionModel Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var intercept = reader.ReadDouble();
        var weights = reader.ReadArray<double>();
        var means = reader.ReadArray<double>(weights.Length, "means");

        // Bounds that no fit can reach, and within which no sum of finite values does either.
        const double Limit = 1e150;
        if (weights.Length == 0 || !weights.Concat(means).Append(intercept).All(value => Math.Abs(value) <= Limit))
            throw new ModelFileException($"A logistic regression has 1 or more weights, and none is beyond {Limit} or NaN.");

        return new LogisticRegressionModel(weights, means, intercept);
    }

    private double OfFiniteValues(ReadOnlySpan<float> values)
    {
        var logOdds = _intercept;
        for (var column = 0; column < values.Length; column++)
        {
            var value = float.IsNaN(values[column]) ? _means[column] : Math.Clamp(values[column], float.MinValue, float.MaxValue);
            logOdds += _weights[column] * value;
        }

        return logOdds;
    }
}
