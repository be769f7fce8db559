namespace AnomalyApi.Detection.Detectors;

/// <summary>Bagging: fits a detector or classifier many times, each time to other rows and columns, and takes the mean of the
/// scores.</summary>
/// <remarks>
/// <para>Breiman, Bagging Predictors, Machine Learning 24, 1996, for the rows; Lazarevic and Kumar, Feature Bagging for Outlier Detection, KDD
/// 2005, for the columns. What a member's score is worth is measured on at most 4,096 training rows, the same for all members.</para>
/// <para>A detector that needs labels is given them, and the sample holds each label's share; one that ignores them sees values only.
/// Thread-safe.</para>
/// </remarks>
public sealed class Bagging : IDetector
{
    private const int MostTypicalRows = 4096;

    private readonly BaggingOptions _options;
    private readonly DetectorDescriptor _descriptor;
    private readonly IDetector _inner;

    /// <summary>Makes the detector; it can fit any number of models.</summary>
    /// <param name="detectorOptions">Options of the detector inside, of its descriptor's type; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the detector is none that can be bagged; the text lists every
    /// fault.</exception>
    public Bagging(BaggingOptions options, object? detectorOptions = null)
    {
        DetectorArguments.CheckOptions(options);
        _options = options;
        _descriptor = Inner(options.Detector) ?? throw new ArgumentException(
            $"Detector '{options.Detector}' cannot be bagged; it must be one of: {string.Join(", ", Names)}.", nameof(options));
        _inner = _descriptor.Create(detectorOptions);
    }

    /// <inheritdoc/>
    public string Name => DetectorCatalog.BaggingName;

    private static IEnumerable<string> Names => DetectorCatalog.All.Select(detector => detector.Name).Where(CanBeBagged);

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        if (_descriptor.Labels == LabelUse.Needed)
            rows = DetectorArguments.CheckLabelledFit(rows, settings, _descriptor.AcceptsMissing);
        else
            DetectorArguments.CheckFit(rows, settings, _descriptor.AcceptsMissing);

        settings.Progress?.Report(0);
        var random = new SeededRandom(settings.Seed);
        var seeds = new ulong[_options.Members];
        for (var member = 0; member < seeds.Length; member++)
            seeds[member] = random.NextUInt64();

        var typicalRows = TypicalRows(rows.Features, ref random);
        var members = new BaggingMember[seeds.Length];
        var progress = new MemberProgress(settings.Progress, members.Length);
        ParallelWork.For(
            members.Length,
            settings.MaxThreads,
            member => members[member] = FitMember(
                rows,
                typicalRows,
                new FitSettings(seeds[member], Math.Max(1, settings.MaxThreads / members.Length), progress.Of()),
                cancellationToken),
            cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        settings.Progress?.Report(1);
        return new BaggingModel(_descriptor.Name, _options.Combination, rows.ColumnCount, members);
    }

    /// <summary>The detector of that name if it can be bagged.</summary>
    internal static DetectorDescriptor? Inner(string name) =>
        CanBeBagged(name) ? DetectorCatalog.All.FirstOrDefault(detector => detector.Name == name) : null;

    // Models made of models are not nested: their size and time would be the product of both.
    private static bool CanBeBagged(string name) => name is not (DetectorCatalog.BaggingName or DetectorCatalog.EnsembleName);

    private BaggingMember FitMember(
        TrainingRows rows, FeatureMatrix typicalRows, FitSettings settings, CancellationToken cancellationToken)
    {
        var random = new SeededRandom(settings.Seed);
        var byLabel = _descriptor.Labels != LabelUse.Ignored && rows.HasBothLabels;
        var sample = rows.Pick(BaggingSample.Rows(rows, _options.SampleShare, _options.WithReplacement, byLabel, ref random));
        cancellationToken.ThrowIfCancellationRequested();
        var columns = BaggingSample.Columns(rows.ColumnCount, _options.FeatureShare, ref random);
        if (columns.Length < rows.ColumnCount)
            sample = sample.With(Project(sample.Features, columns));

        var model = _inner.Fit(sample, settings with { Seed = random.NextUInt64() }, cancellationToken);
        var seen = columns.Length < rows.ColumnCount ? Project(typicalRows, columns) : typicalRows;
        var typical = new float[seen.RowCount];
        model.Score(seen, typical, cancellationToken);
        Array.Sort(typical);
        return new BaggingMember(columns, model, typical);
    }

    private static FeatureMatrix TypicalRows(FeatureMatrix rows, ref SeededRandom random)
    {
        var order = new int[rows.RowCount];
        for (var row = 0; row < order.Length; row++)
            order[row] = row;

        random.Shuffle<int>(order);
        return rows.Pick(order.AsSpan(0, Math.Min(MostTypicalRows, order.Length)));
    }

    private static FeatureMatrix Project(FeatureMatrix rows, int[] columns)
    {
        var picked = new float[rows.RowCount * columns.Length];
        BaggingSample.Project(rows, 0, rows.RowCount, columns, picked);
        return new FeatureMatrix(picked, rows.RowCount, columns.Length);
    }
}
