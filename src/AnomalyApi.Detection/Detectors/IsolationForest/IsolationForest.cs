namespace AnomalyApi.Detection.Detectors;

/// <summary>Isolation Forest: random cuts set a rare row apart after few of them, a common row after many.</summary>
/// <remarks>
/// Liu, Ting and Zhou, Isolation Forest, ICDM 2008, algorithms 1 and 2. A cut is drawn evenly between the smallest and the largest value
/// that the node's rows have in one of their columns; columns in which those rows are all equal are never cut, so a constant column has no
/// influence. Rows that cannot be told apart stay together in one leaf. Fitted on one row, or on copies of one row, every row scores 0.5.
/// Time to fit grows with Trees x SampleSize, not with the number of rows. Thread-safe.
/// </remarks>
public sealed class IsolationForest : IDetector
{
    private readonly IsolationForestOptions _options;

    /// <summary>Makes the detector; it can fit any number of models.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the text lists every fault.</exception>
    public IsolationForest(IsolationForestOptions options)
    {
        DetectorArguments.CheckOptions(options);
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => DetectorCatalog.IsolationForestName;

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        DetectorArguments.CheckFit(rows, settings);
        var trees = new IsolationTrees(_options.Trees, Math.Min(_options.SampleSize, rows.RowCount), rows.ColumnCount);

        // Seeds are drawn in order before any thread starts, so a tree does not depend on who grows it.
        var random = new SeededRandom(settings.Seed);
        var seeds = new ulong[trees.TreeCount];
        for (var tree = 0; tree < seeds.Length; tree++)
            seeds[tree] = random.NextUInt64();

        var grown = 0;
        Parallel.For(
            0,
            trees.TreeCount,
            new ParallelOptions { MaxDegreeOfParallelism = settings.MaxThreads, CancellationToken = cancellationToken },
            () => new IsolationTreeGrower(rows.Features, trees),
            (tree, _, grower) =>
            {
                grower.Grow(tree, seeds[tree]);
                settings.Progress?.Report((double)Interlocked.Increment(ref grown) / trees.TreeCount);
                return grower;
            },
            _ => { });

        return new IsolationForestModel(trees);
    }
}
