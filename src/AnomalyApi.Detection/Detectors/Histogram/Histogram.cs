using AnomalyApi.Detection.Scoring;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Histogram-based outlier score: how rare each value is in its own column, added up as if columns were independent.</summary>
/// <remarks>
/// Goldstein and Dengel, Histogram-based Outlier Score (HBOS), KI 2012, section 3: the sum over columns of the logarithm of 1 / height, where the
/// highest bin has height 1. A height is (rows + Smoothing) / width. Outside the fitted range a value counts as in an empty bin as wide as the
/// widest, the least likely there is. A dynamic bin narrower than a thousandth of the range counts as that wide, or a value that occurs
/// often would have no width at all. A constant column adds nothing to rows with its value. Thread-safe.
/// </remarks>
public sealed class Histogram : IDetector
{
    private const double LeastWidth = 1e-3;

    private readonly HistogramOptions _options;

    /// <summary>Makes the detector; it can fit any number of models.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the text lists every fault.</exception>
    public Histogram(HistogramOptions options)
    {
        DetectorArguments.CheckOptions(options);
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => DetectorCatalog.HistogramName;

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        DetectorArguments.CheckFit(rows, settings);
        var columns = new HistogramColumn[rows.ColumnCount];
        var done = 0;
        Parallel.For(
            0,
            columns.Length,
            new ParallelOptions { MaxDegreeOfParallelism = settings.MaxThreads, CancellationToken = cancellationToken },
            () => new float[rows.RowCount],
            (column, _, values) =>
            {
                for (var row = 0; row < values.Length; row++)
                    values[row] = rows.Features.Values[row * columns.Length + column];

                columns[column] = _options.Layout == HistogramBins.Static ? FitStatic(values) : FitDynamic(values, cancellationToken);
                settings.Progress?.Report((double)Interlocked.Increment(ref done) / columns.Length);
                return values;
            },
            _ => { });

        return new HistogramModel(_options.Bins, columns);
    }

    private HistogramColumn FitStatic(float[] values)
    {
        var (low, high) = (values[0], values[0]);
        foreach (var value in values)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        var range = (double)high - low;
        var column = new HistogramColumn(low, high, range > 0 ? (float)Math.Min(_options.Bins / range, float.MaxValue) : 0, null, new float[_options.Bins + 1]);
        var counts = new int[_options.Bins];
        foreach (var value in values)
            counts[column.BinOf(value)]++;

        SetScores(column.Scores, Array.ConvertAll(counts, count => count + _options.Smoothing), _options.Smoothing);
        return column;
    }

    private HistogramColumn FitDynamic(float[] values, CancellationToken cancellationToken)
    {
        values.AsSpan().Sort();
        cancellationToken.ThrowIfCancellationRequested();
        var range = (double)values[^1] - values[0];
        var leastWidth = range > 0 ? range * LeastWidth : 1;
        var ends = new List<float>(_options.Bins);
        var heights = new List<double>(_options.Bins);
        var widest = leastWidth;
        for (var first = 0; first < values.Length;)
        {
            // An even share of what is left for the bins that are left, then on to where the value changes.
            var share = Math.Max((values.Length - first) / (_options.Bins - heights.Count), 1);
            var end = first + share;
            while (end < values.Length && values[end] == values[end - 1])
                end++;

            var width = Math.Max((double)values[Math.Min(end, values.Length - 1)] - values[first], leastWidth);
            widest = Math.Max(widest, width);
            heights.Add((end - first + _options.Smoothing) / width);
            if (end < values.Length)
                ends.Add(MathF.BitDecrement(values[end]));

            first = end;
        }

        var scores = new float[_options.Bins + 1];
        SetScores(scores, [.. heights], _options.Smoothing / widest);
        return new HistogramColumn(values[0], values[^1], 0, ends.Count == 0 ? null : new SortedScores([.. ends]), scores);
    }

    /// <summary>Scores of the bins in their order; bins that are not there and the last place, outside, get that of an empty bin.</summary>
    private static void SetScores(float[] scores, double[] heights, double emptyHeight)
    {
        var highest = heights.Max();
        scores.AsSpan().Fill((float)Math.Log(highest / emptyHeight));
        for (var bin = 0; bin < heights.Length; bin++)
            scores[bin] = (float)Math.Log(highest / heights[bin]);
    }
}
