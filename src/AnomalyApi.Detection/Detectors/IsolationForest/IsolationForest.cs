using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Isolation Forest: random cuts set a rare row apart after few of them, a common row after many.</summary>
/// <remarks>
/// Liu, Ting and Zhou, Isolation Forest, ICDM 2008, algorithms 1 and 2. A cut is drawn evenly between the smallest and the largest value
/// that the node's rows have in one of their columns; columns in which those rows are all equal are never cut, so a constant column has no
/// influence. Rows that cannot be told apart stay together in one leaf. Fitted on one row, or on copies of one row, every row scores 0.5.
/// Time to fit grows with Trees x SampleSize, not with the number of rows. Thread-safe.
/// <para>
/// With an extension level the cuts are oblique: Hariri, Kind and Brunner, Extended Isolation Forest, IEEE TKDE 33, 2021, algorithm 2. A plane
/// with a random normal goes through a random point of the box around a node's rows, so that the empty corners between clusters, where
/// axis-parallel cuts leave low scores, stand out. Normals are drawn in units of each column's standard deviation: units do not matter
/// here either. Fitting then also takes one pass over all rows.
/// </para>
/// </remarks>
public sealed class IsolationForest : IDetector
{
    // 256 MB, or twice that with the column of each.
    private const int MaxWeights = 1 << 26;

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
        var sampleSize = Math.Min(_options.SampleSize, rows.RowCount);
        var cutColumns = Math.Min(_options.ExtensionLevel, rows.ColumnCount - 1) + 1;
        if (cutColumns > 1)
            return FitOblique(rows.Features, sampleSize, cutColumns, settings, cancellationToken);

        var trees = new IsolationTrees(_options.Trees, sampleSize, rows.ColumnCount);
        GrowAll(
            settings,
            () => new IsolationTreeGrower(rows.Features, trees),
            (grower, tree, seed) => grower.Grow(tree, seed),
            cancellationToken);
        return new IsolationForestModel(trees);
    }

    /// <summary>Reads a model with cuts of either kind.</summary>
    /// <exception cref="ModelFileException">The content is no isolation forest.</exception>
    internal static IDetectorModel ReadModel(ModelSectionReader reader)
    {
        var first = reader.ReadInt32();
        return first == ExtendedIsolationForestModel.FileMark
            ? ExtendedIsolationForestModel.ReadAfterMark(reader)
            : IsolationForestModel.Read(reader, first);
    }

    private ExtendedIsolationForestModel FitOblique(
        FeatureMatrix rows, int sampleSize, int cutColumns, FitSettings settings, CancellationToken cancellationToken)
    {
        var weightCount = ObliqueTrees.LongWeightCount(_options.Trees, sampleSize, rows.ColumnCount, cutColumns);
        if (weightCount > MaxWeights)
        {
            throw new ArgumentException(
                $"{weightCount} weights would be needed with {nameof(_options.Trees)} {_options.Trees}, {nameof(_options.SampleSize)} "
                + $"{_options.SampleSize} and {nameof(_options.ExtensionLevel)} {_options.ExtensionLevel}; they must not exceed {MaxWeights}.",
                nameof(rows));
        }

        var units = ColumnUnits.Of(rows, cancellationToken);
        var trees = new ObliqueTrees(_options.Trees, sampleSize, rows.ColumnCount, cutColumns);
        GrowAll(
            settings,
            () => new ObliqueTreeGrower(rows, units, trees, cancellationToken),
            (grower, tree, seed) => grower.Grow(tree, seed),
            cancellationToken);
        return new ExtendedIsolationForestModel(units, trees);
    }

    private void GrowAll<TGrower>(
        FitSettings settings, Func<TGrower> makeGrower, Action<TGrower, int, ulong> grow, CancellationToken cancellationToken)
    {
        // Seeds are drawn in order before any thread starts, so a tree does not depend on who grows it.
        var random = new SeededRandom(settings.Seed);
        var seeds = new ulong[_options.Trees];
        for (var tree = 0; tree < seeds.Length; tree++)
            seeds[tree] = random.NextUInt64();

        var grown = 0;
        Parallel.For(
            0,
            seeds.Length,
            new ParallelOptions { MaxDegreeOfParallelism = settings.MaxThreads, CancellationToken = cancellationToken },
            makeGrower,
            (tree, _, grower) =>
            {
                grow(grower, tree, seeds[tree]);
                settings.Progress?.Report((double)Interlocked.Increment(ref grown) / seeds.Length);
                return grower;
            },
            _ => { });
    }
}
