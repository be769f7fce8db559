namespace AnomalyApi.Detection.Explanation;

/// <summary>Shapley values of any model by walking from background rows to the explained row, one column at a time. Owns its buffers: not
/// thread-safe, and a call does not allocate.</summary>
/// <remarks>
/// Strumbelj and Kononenko, Knowledge and Information Systems 41, 2014, algorithm 1: what the score changes by when a column takes the
/// explained row's value, averaged over orders and background rows. Here every background row is used equally often, and a whole order is
/// walked where the algorithm draws an order for each single column; so the changes along one walk sum to the gap exactly, and all walks
/// to the gap from the mean. Each order is walked once more backwards, which cancels what two columns do together (antithetic sampling;
/// Mitchell et al., Journal of Machine Learning Research 23, 2022, section 4.2).
/// </remarks>
internal sealed class PermutationShapley
{
    // Rows scored together; enough to keep a vector kernel busy, few enough to stay in the cache.
    private const int BlockRows = 512;

    private readonly IDetectorModel _model;
    private readonly FeatureMatrix _background;
    private readonly float[] _backgroundScores;
    private readonly int _rounds;
    private readonly ulong _seed;
    private readonly int _pairsPerBlock;
    private readonly int[] _orders;
    private readonly float[] _values;
    private readonly float[] _scores;
    private readonly float[] _rowValues;

    /// <param name="background">At least one row.</param>
    /// <param name="rounds">How often every background row is walked from, there and back.</param>
    public PermutationShapley(IDetectorModel model, FeatureMatrix background, int rounds, ulong seed)
    {
        var width = background.ColumnCount;
        _model = model;
        _background = background;
        _rounds = rounds;
        _seed = seed;
        _pairsPerBlock = Math.Clamp(BlockRows / (2 * width), 1, background.RowCount * rounds);
        _orders = new int[_pairsPerBlock * width];
        _values = new float[_pairsPerBlock * 2 * RowsPerWalk * width];
        _scores = new float[_pairsPerBlock * 2 * RowsPerWalk];
        _rowValues = new float[width];
        _backgroundScores = new float[background.RowCount];
        model.Score(background, _backgroundScores);
        foreach (var score in _backgroundScores)
            BaseScore += score / (double)_backgroundScores.Length;
    }

    public double BaseScore { get; }

    // The first row of a walk is the background row and the last the explained one, whose scores are known.
    private int RowsPerWalk => _background.ColumnCount - 1;

    /// <param name="contributions">Receives one value a column.</param>
    /// <returns>The raw score of the row.</returns>
    public double Explain(ReadOnlySpan<float> row, Span<double> contributions)
    {
        row.CopyTo(_rowValues);
        var rowScore = 0f;
        _model.Score(new FeatureMatrix(_rowValues, 1, row.Length), new Span<float>(ref rowScore));
        contributions.Clear();

        // The same orders for every row: an explanation does not depend on those before it.
        var random = new SeededRandom(_seed);
        var pairs = _background.RowCount * _rounds;
        for (var first = 0; first < pairs; first += _pairsPerBlock)
        {
            var count = Math.Min(_pairsPerBlock, pairs - first);
            for (var pair = 0; pair < count; pair++)
            {
                var order = Order(pair);
                for (var i = 0; i < order.Length; i++)
                    order[i] = i;

                random.Shuffle(order);
                WriteWalk(row, Background(first + pair), pair, backwards: false);
                WriteWalk(row, Background(first + pair), pair, backwards: true);
            }

            var rowCount = count * 2 * RowsPerWalk;
            _model.Score(new FeatureMatrix(_values, rowCount, row.Length), _scores.AsSpan(0, rowCount));
            for (var pair = 0; pair < count; pair++)
            {
                var backgroundScore = _backgroundScores[Background(first + pair)];
                AddWalk(backgroundScore, rowScore, pair, backwards: false, contributions);
                AddWalk(backgroundScore, rowScore, pair, backwards: true, contributions);
            }
        }

        foreach (ref var contribution in contributions)
            contribution /= 2.0 * pairs;

        return rowScore;
    }

    private int Background(int pair) => pair % _background.RowCount;

    private Span<int> Order(int pair) => _orders.AsSpan(pair * _background.ColumnCount, _background.ColumnCount);

    private int WalkStart(int pair, bool backwards) => (pair * 2 + (backwards ? 1 : 0)) * RowsPerWalk;

    private void WriteWalk(ReadOnlySpan<float> row, int background, int pair, bool backwards)
    {
        var order = Order(pair);
        var walk = new FeatureMatrix(_values, _scores.Length, row.Length);
        ReadOnlySpan<float> last = _background.Row(background);
        for (var step = 0; step < RowsPerWalk; step++)
        {
            var mixed = walk.Row(WalkStart(pair, backwards) + step);
            var column = order[backwards ? order.Length - 1 - step : step];
            last.CopyTo(mixed);
            mixed[column] = row[column];
            last = mixed;
        }
    }

    private void AddWalk(double backgroundScore, double rowScore, int pair, bool backwards, Span<double> contributions)
    {
        var order = Order(pair);
        var scores = _scores.AsSpan(WalkStart(pair, backwards), RowsPerWalk);
        var last = backgroundScore;
        for (var step = 0; step < order.Length; step++)
        {
            var score = step < scores.Length ? scores[step] : rowScore;
            contributions[order[backwards ? order.Length - 1 - step : step]] += score - last;
            last = score;
        }
    }
}
