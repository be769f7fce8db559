using AnomalyApi.Detection.Preprocessing;

namespace AnomalyApi.Detection.Explanation;

/// <summary>Says what each column of a row added to its raw score, or took from it, compared with background rows. For any model. Owns its
/// buffers: not thread-safe, and a call does not allocate.</summary>
/// <remarks>
/// Contributions are Shapley values: what the score changes by when a column takes the row's value, averaged over every order in which the
/// columns could take theirs, starting from each background row (the interventional form; Janzing, Minorics and Bloebaum, AISTATS 2020).
/// They sum to the gap between the row's score and the mean score of the background. Models that are sums over trees (isolation forest and the like,
/// also behind a preparation without projection) are explained exactly from their trees; where their raw score is a function of the sum,
/// the contributions are those of the sum, brought to the gap of the raw score. All others are scored many times with mixed rows, and
/// contributions have some noise, but their sum has none. Columns are always those of the rows the model takes: a model behind a preparation is explained
/// in the columns before it. For an explanation at every anomaly of a stream see <see cref="ScoreExplainer"/>, which is far cheaper and says less.
/// </remarks>
public sealed class RowExplainer
{
    private readonly PermutationShapley? _sampling;
    private readonly TreeShapley? _trees;
    private readonly Preparation? _preparation;
    private readonly float[] _row;
    private readonly float[] _prepared = [];

    /// <summary>Makes an explainer; what it needs to know of the background is computed here.</summary>
    /// <param name="model">The model whose raw scores are explained.</param>
    /// <param name="background">Shape [n, model.FeatureCount], n at least 1: rows a score is compared with, best normal ones. Not kept.</param>
    /// <param name="options">How much work one row may be; null for the defaults.</param>
    /// <exception cref="ArgumentException">There are no background rows, or they are of another width, or an option is out of range.</exception>
    public RowExplainer(IDetectorModel model, FeatureMatrix background, ExplanationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new ExplanationOptions();
        DetectorArguments.CheckOptions(options);
        if (background.RowCount == 0 || background.ColumnCount != model.FeatureCount)
        {
            throw new ArgumentException(
                $"The background has {background.RowCount} rows of {background.ColumnCount} columns; at least 1 row of {model.FeatureCount} is needed.",
                nameof(background));
        }

        FeatureCount = model.FeatureCount;
        _row = new float[FeatureCount];
        if (options.ExactTrees && TreesOf(model, out var preparation) is { } trees)
        {
            background = Sample(background, options.BackgroundRows, options.Seed);
            _preparation = preparation;
            _prepared = new float[trees.FeatureCount];
            int[] players = preparation?.Sources ?? [.. Enumerable.Range(0, FeatureCount)];
            _trees = new TreeShapley(trees, players, FeatureCount, preparation?.Apply(background) ?? background);
        }
        else
        {
            var rowsForOne = 2L * Math.Max(1, FeatureCount - 1);
            background = Sample(background, (int)Math.Clamp(options.RowBudget / rowsForOne, 1, options.BackgroundRows), options.Seed);
            var rounds = FeatureCount == 1 ? 1 : (int)Math.Max(1, options.RowBudget / (rowsForOne * background.RowCount));
            _sampling = new PermutationShapley(model, background, rounds, options.Seed);
        }

        BackgroundCount = background.RowCount;
    }

    /// <summary>Columns of the rows it explains.</summary>
    public int FeatureCount { get; }

    /// <summary>Background rows that are used.</summary>
    public int BackgroundCount { get; }

    /// <summary>Whether contributions are computed from trees, without sampling of orders.</summary>
    public bool IsExact => _trees is not null;

    /// <summary>Mean raw score of the background rows that are used, with which every row's score is compared.</summary>
    public double BaseScore => _trees?.BaseScore ?? _sampling!.BaseScore;

    /// <summary>Explains one row. The same row always has the same explanation.</summary>
    /// <param name="row"><see cref="FeatureCount"/> values; what is not finite means what it means to the model.</param>
    /// <param name="contributions">Receives one value a column, in raw score: above 0 where the column made the row more anomalous. They sum to
    /// the returned score less <see cref="BaseScore"/>, but for the last digits of a double.</param>
    /// <returns>The raw score of the row; that of trees may differ from the model's in the last digits of a float.</returns>
    /// <exception cref="ArgumentException">The row or the span is not of <see cref="FeatureCount"/> values.</exception>
    public double Explain(ReadOnlySpan<float> row, Span<double> contributions)
    {
        if (row.Length != FeatureCount || contributions.Length != FeatureCount)
        {
            throw new ArgumentException(
                $"The row has {row.Length} values and there is room for {contributions.Length} contributions; the model takes {FeatureCount}.", nameof(row));
        }

        if (_sampling is not null)
            return _sampling.Explain(row, contributions);

        if (_preparation is null)
            return _trees!.Explain(row, contributions);

        row.CopyTo(_row);
        _preparation.Apply(new FeatureMatrix(_row, 1, _row.Length), 0, new FeatureMatrix(_prepared, 1, _prepared.Length));
        return _trees!.Explain(_prepared, contributions);
    }

    private static TreeEnsemble? TreesOf(IDetectorModel model, out Preparation? preparation)
    {
        preparation = (model as PreparedModel)?.Preparation;
        return preparation switch
        {
            null => (model as ITreeModel)?.ToTreeEnsemble(),
            { Sources: not null } => (((PreparedModel)model).Inner as ITreeModel)?.ToTreeEnsemble(),
            _ => null,
        };
    }

    /// <summary>Some of the rows, drawn without replacement and left in their order.</summary>
    private static FeatureMatrix Sample(FeatureMatrix rows, int count, ulong seed)
    {
        int[] all = [.. Enumerable.Range(0, rows.RowCount)];
        if (count < all.Length)
        {
            new SeededRandom(seed).Shuffle(all);
            all.AsSpan(0, count).Sort();
        }

        return rows.Pick(all.AsSpan(0, Math.Min(count, all.Length)));
    }
}
