namespace AnomalyApi.Detection.Sampling;

/// <summary>Brings the numbers of normal and anomalous rows nearer to each other before a labelled detector is fitted.</summary>
/// <remarks>
/// For fitting only: rows to validate, calibrate or test on must keep the shares they have. Rows of unknown label stay as they are and are
/// not counted. When one of the labels does not occur there is nothing to balance, and all rows stay as they are. Thread-safe.
/// </remarks>
public static class Resampling
{
    /// <summary>Applies the method.</summary>
    /// <param name="rows">Shape [n, d]; not changed. NaN, for missing, is taken.</param>
    /// <param name="settings">The same rows, options and seed give the same rows again, for any number of threads. Progress is not
    /// reported.</param>
    /// <returns>Shape [m, d]: the rows that stay in their order, then those added.</returns>
    /// <exception cref="ArgumentException">An option is out of range; the text lists every fault.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static TrainingRows Apply(TrainingRows rows, ResamplingOptions options, FitSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        DetectorArguments.CheckOptions(options);
        cancellationToken.ThrowIfCancellationRequested();
        if (options.Method == ResamplingMethod.None || !rows.HasBothLabels)
            return rows;

        var normals = rows.Count(RowLabel.Normal);
        var anomalies = rows.Count(RowLabel.Anomaly);
        var rarer = anomalies <= normals ? RowLabel.Anomaly : RowLabel.Normal;
        var few = Math.Min(normals, anomalies);
        var many = Math.Max(normals, anomalies);
        var random = new SeededRandom(settings.Seed);
        if (options.Method == ResamplingMethod.Under)
            return Under(rows, rarer, Math.Min(many, (int)Math.Round(few / options.Ratio)), ref random);

        var wanted = (int)Math.Round(many * options.Ratio) - few;
        if (wanted <= 0)
            return rows;

        var ofRarer = RowsOf(rows, rarer);
        var added = options.Method == ResamplingMethod.Over
            ? rows.Features.Pick(Repeat(ofRarer, wanted, ref random))
            : Smote.Make(rows.Features.Pick(ofRarer), wanted, options.Neighbours, settings.MaxThreads, ref random, cancellationToken);
        return Append(rows, added, rarer);
    }

    private static TrainingRows Under(TrainingRows rows, RowLabel rarer, int keep, ref SeededRandom random)
    {
        int[] ofCommoner = RowsOf(rows, rarer == RowLabel.Anomaly ? RowLabel.Normal : RowLabel.Anomaly);
        if (keep >= ofCommoner.Length)
            return rows;

        random.Shuffle<int>(ofCommoner);
        var leftOut = new bool[rows.RowCount];
        foreach (var row in ofCommoner.AsSpan(keep))
            leftOut[row] = true;

        return rows.Pick([.. Enumerable.Range(0, rows.RowCount).Where(row => !leftOut[row])]);
    }

    /// <summary>Every row about as often as any other: whole rounds, and a random part of one.</summary>
    private static int[] Repeat(int[] rows, int count, ref SeededRandom random)
    {
        var repeated = new int[count];
        for (var i = 0; i < count; i++)
        {
            if (i % rows.Length == 0)
                random.Shuffle<int>(rows);

            repeated[i] = rows[i % rows.Length];
        }

        return repeated;
    }

    private static int[] RowsOf(TrainingRows rows, RowLabel label) =>
        [.. Enumerable.Range(0, rows.RowCount).Where(row => rows.Label(row) == label)];

    private static TrainingRows Append(TrainingRows rows, FeatureMatrix added, RowLabel label)
    {
        var rowCount = rows.RowCount + added.RowCount;
        var features = new FeatureMatrix(new float[(long)rowCount * rows.ColumnCount], rowCount, rows.ColumnCount);
        rows.Features.AsSpan().CopyTo(features.AsSpan());
        added.AsSpan().CopyTo(features.AsSpan()[(rows.RowCount * rows.ColumnCount)..]);

        var labels = new RowLabel[rowCount];
        for (var row = 0; row < rowCount; row++)
            labels[row] = row < rows.RowCount ? rows.Label(row) : label;

        return new TrainingRows(features, labels);
    }
}
