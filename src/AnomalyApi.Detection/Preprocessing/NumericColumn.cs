namespace AnomalyApi.Detection.Preprocessing;

/// <summary>What a preparation learned about one numeric column.</summary>
/// <param name="IsLogarithmic">Whether values become sign(x) ln(1 + |x|) first.</param>
/// <param name="Fill">What stands for a missing value, in the unit of the input; NaN leaves it missing.</param>
/// <param name="Low">Smallest value let through, after the logarithm.</param>
/// <param name="High">Largest value let through, after the logarithm.</param>
/// <param name="Centre">Subtracted after that.</param>
/// <param name="Scale">Divided by after that; above 0.</param>
internal readonly record struct NumericColumn(bool IsLogarithmic, float Fill, double Low, double High, double Centre, double Scale)
{
    /// <summary>Whether every number is in the range that keeps prepared values finite.</summary>
    public bool IsValid =>
        !float.IsInfinity(Fill) && double.IsFinite(Low) && double.IsFinite(High) && Low <= High && double.IsFinite(Centre)
        && double.IsFinite(Scale) && Scale > 0;

    /// <param name="values">The fitted values in any order, NaN for missing; sorted in place.</param>
    public static NumericColumn Fit(float[] values, PreparationOptions options)
    {
        var span = values.AsSpan();
        span.Sort();

        // NaN sorts to the front.
        while (!span.IsEmpty && float.IsNaN(span[0]))
            span = span[1..];

        var isLogarithmic = !span.IsEmpty && options.LogAbove > 0
            && Math.Max(Math.Abs((double)span[0]), Math.Abs((double)span[^1])) > options.LogAbove;
        var fill = options.Missing switch
        {
            MissingValues.Keep => float.NaN,
            MissingValues.Constant => options.MissingConstant,
            _ => span.IsEmpty ? 0 : (float)Quantile(Array.ConvertAll(span.ToArray(), value => (double)value), 0.5),
        };

        // The logarithm keeps the order, so the values stay sorted. Missing ones count as what will stand for them.
        var missing = float.IsNaN(fill) ? 0 : values.Length - span.Length;
        var sorted = new double[span.Length + missing];
        if (sorted.Length == 0)
            return new NumericColumn(false, fill, double.MinValue, double.MaxValue, 0, 1).ClippedAt(options.ClipAt);

        for (var i = 0; i < span.Length; i++)
            sorted[i] = Shape(isLogarithmic, span[i]);

        sorted.AsSpan(span.Length).Fill(Shape(isLogarithmic, fill));
        sorted.AsSpan().Sort();

        var (low, high) = (double.MinValue, double.MaxValue);
        if (options.WinsorizeShare > 0)
        {
            (low, high) = (Quantile(sorted, options.WinsorizeShare), Quantile(sorted, 1 - options.WinsorizeShare));
            for (var i = 0; i < sorted.Length; i++)
                sorted[i] = Math.Clamp(sorted[i], low, high);
        }

        var (centre, scale) = CentreAndScale(sorted, options.Scaling);
        return new NumericColumn(isLogarithmic, fill, low, high, centre, scale).ClippedAt(options.ClipAt);
    }

    /// <summary>The prepared value; NaN only for a missing value that stays missing. The scalar twin of
    /// <see cref="NumericColumns"/>.</summary>
    public float Apply(float value)
    {
        var filled = float.IsNaN(value) ? Fill : value;
        var scaled = (Math.Clamp(Shape(IsLogarithmic, Math.Clamp(filled, float.MinValue, float.MaxValue)), Low, High) - Centre) / Scale;
        return (float)Math.Clamp(scaled, float.MinValue, float.MaxValue);
    }

    /// <summary>A bound on what comes out is one on what is let through.</summary>
    private NumericColumn ClippedAt(double bound)
    {
        if (bound == 0)
            return this;

        var (low, high) = (Centre - bound * Scale, Centre + bound * Scale);
        return this with { Low = Math.Clamp(Low, low, high), High = Math.Clamp(High, low, high) };
    }

    private static double Shape(bool isLogarithmic, double value) =>
        isLogarithmic ? Math.CopySign(Math.Log(1 + Math.Abs(value)), value) : value;

    private static (double Centre, double Scale) CentreAndScale(double[] sorted, Scaling scaling)
    {
        var (centre, scale) = scaling switch
        {
            Scaling.None => (0, 1),
            Scaling.MinMax => (sorted[0], sorted[^1] - sorted[0]),
            Scaling.Robust when Quantile(sorted, 0.75) > Quantile(sorted, 0.25) =>
                (Quantile(sorted, 0.5), Quantile(sorted, 0.75) - Quantile(sorted, 0.25)),
            _ => MeanAndDeviation(sorted),
        };

        // A constant column becomes 0, and another value there counts in its own unit.
        return (centre, scale > 0 ? scale : 1);
    }

    private static (double Mean, double Deviation) MeanAndDeviation(double[] values)
    {
        // From the median, not from 0: then the rounding of the mean cannot give a constant column a spread.
        double origin = values[values.Length / 2], sum = 0, squares = 0;
        foreach (var value in values)
            sum += value - origin;

        var mean = sum / values.Length;
        foreach (var value in values)
            squares += (value - origin - mean) * (value - origin - mean);

        return (origin + mean, Math.Sqrt(squares / values.Length));
    }

    /// <summary>Between the two values beside the place, as Hyndman and Fan, American Statistician 50, 1996, definition 7.</summary>
    private static double Quantile(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
