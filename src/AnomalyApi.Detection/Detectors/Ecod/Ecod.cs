namespace AnomalyApi.Detection.Detectors;

/// <summary>Outlier detection by empirical cumulative distributions: how far out in the tail of its column each value is, added up.</summary>
/// <remarks>
/// Li, Zhao, Hu, Botta, Ionescu and Chen, ECOD: Unsupervised Outlier Detection Using Empirical Cumulative Distribution Functions, IEEE TKDE 35,
/// 2023 (arXiv 2201.00382), algorithm 1. The score is the largest of three sums of -ln(tail share) over the columns: left tails, right tails, and
/// for each column the tail its skewness points to (left below 0, otherwise right). A tail share is (1 + rows at most, or at least, the value) /
/// (n + 1): equal rows count on both sides, and beyond the last fitted row the share is 1 / (n + 1), not 0. No randomness, and the unit of a
/// column does not matter. Thread-safe.
/// </remarks>
public sealed class Ecod : IDetector
{
    private readonly EcodOptions _options;

    /// <summary>Makes the detector; it can fit any number of models.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the text lists every fault.</exception>
    public Ecod(EcodOptions options)
    {
        DetectorArguments.CheckOptions(options);
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => DetectorCatalog.EcodName;

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        DetectorArguments.CheckFit(rows, settings);
        var columns = new EcodColumn[rows.ColumnCount];
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

                values.AsSpan().Sort();
                cancellationToken.ThrowIfCancellationRequested();
                columns[column] = FitColumn(values);
                settings.Progress?.Report((double)Interlocked.Increment(ref done) / columns.Length);
                return values;
            },
            _ => { });

        return new EcodModel(columns);
    }

    private EcodColumn FitColumn(ReadOnlySpan<float> sorted)
    {
        // Where each run of equal values starts, and the end.
        var starts = new List<int>();
        for (var i = 0; i < sorted.Length; i++)
        {
            if (i == 0 || sorted[i] != sorted[i - 1])
                starts.Add(i);
        }

        starts.Add(sorted.Length);
        var kept = Thinned(starts.Count - 1);
        var knots = new float[kept.Length];
        float[] left = new float[kept.Length + 1], right = new float[kept.Length + 1];
        left[0] = right[^1] = TailScore(0, sorted.Length);
        for (var knot = 0; knot < kept.Length; knot++)
        {
            knots[knot] = sorted[starts[kept[knot]]];
            left[knot + 1] = TailScore(starts[kept[knot] + 1], sorted.Length);
            right[knot] = TailScore(sorted.Length - starts[kept[knot]], sorted.Length);
        }

        return new EcodColumn(knots, left, right, Skewness(sorted) < 0);
    }

    /// <summary>Numbers of the different values that are kept, ascending.</summary>
    private int[] Thinned(int count)
    {
        if (count <= _options.MaxQuantiles)
            return [.. Enumerable.Range(0, count)];

        var kept = new int[_options.MaxQuantiles];
        var tail = _options.MaxQuantiles / 4;
        var middle = kept.Length - 2 * tail;
        for (var i = 0; i < tail; i++)
            (kept[i], kept[^(i + 1)]) = (i, count - 1 - i);

        for (var i = 0; i < middle; i++)
            kept[tail + i] = tail + (int)((long)(count - 2 * tail) * i / middle);

        return kept;
    }

    private static float TailScore(int rows, int rowCount) => (float)-Math.Log((1.0 + rows) / (rowCount + 1.0));

    private static double Skewness(ReadOnlySpan<float> values)
    {
        double mean = 0, cubes = 0;
        foreach (var value in values)
            mean += value;

        mean /= values.Length;
        foreach (var value in values)
            cubes += (value - mean) * (value - mean) * (value - mean);

        // Only the sign is asked for, so it is not divided by the spread.
        return cubes;
    }
}
