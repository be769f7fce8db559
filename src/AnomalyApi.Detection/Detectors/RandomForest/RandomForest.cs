namespace AnomalyApi.Detection.Detectors;

/// <summary>Random forest: many trees, each grown on other rows and choosing among other columns, vote together.</summary>
/// <remarks>
/// Breiman, Random Forests, Machine Learning 45, 2001. Cuts take most from the Gini impurity, found in histograms; the leaf that gains most is cut
/// first. In place of n draws with replacement each row enters a tree a Poisson(1) number of times, which is what the draws come to for
/// many rows, and says of any row and tree whether they have met (Oza and Russell, Online Bagging and Boosting, 2001, section 3). Rows
/// of unknown label are left out; NaN is a missing value. The result does not depend on the number of threads. Thread-safe.
/// </remarks>
public sealed class RandomForest : IDetector
{
    private readonly RandomForestOptions _options;

    /// <summary>Makes the detector; it can fit any number of models.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the text lists every fault.</exception>
    public RandomForest(RandomForestOptions options)
    {
        DetectorArguments.CheckOptions(options);
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => DetectorCatalog.RandomForestName;

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        var labelled = DetectorArguments.CheckLabelledFit(rows, settings, acceptsMissing: true);
        var bins = BinnedRows.Bin(labelled.Features, _options.Bins, settings.MaxThreads, cancellationToken);
        var bag = new ForestBag(labelled, _options, settings.Seed);
        var trees = new DecisionNode[_options.Trees][];
        var outOfBag = new OutOfBagScores(bag, _options.Trees);
        var grown = 0;
        Parallel.For(
            0,
            trees.Length,
            new ParallelOptions { MaxDegreeOfParallelism = settings.MaxThreads, CancellationToken = cancellationToken },
            () => new ForestTreeGrower(bins, bag, _options),
            (tree, _, grower) =>
            {
                trees[tree] = grower.Grow(tree, outOfBag, cancellationToken);
                settings.Progress?.Report((double)Interlocked.Increment(ref grown) / trees.Length);
                return grower;
            },
            _ => { });

        var (area, error) = outOfBag.Estimate(labelled);
        return new RandomForestModel(new DecisionTrees(labelled.ColumnCount, 0, trees), area, error);
    }
}
