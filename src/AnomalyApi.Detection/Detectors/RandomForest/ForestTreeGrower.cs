namespace AnomalyApi.Detection.Detectors;

/// <summary>Grows trees of a forest one after another with the same scratch space. One for each thread.</summary>
internal sealed class ForestTreeGrower
{
    private const double Prior = 1;

    private readonly ForestBag _bag;
    private readonly TreeGrower _grower;
    private readonly RowGradients _words;
    private readonly int[] _members;
    private readonly int[] _leftOut;
    private readonly int _treeCount;

    public ForestTreeGrower(BinnedRows bins, ForestBag bag, RandomForestOptions options)
    {
        var share = options.ColumnShare > 0 ? options.ColumnShare * bins.ColumnCount : Math.Sqrt(bins.ColumnCount);
        var growth = new TreeGrowth(options.Leaves, options.Depth, 0, options.MinLeafWeight, Math.Max(1, (int)Math.Round(share)));
        _grower = new TreeGrower(bins, growth, maxThreads: 1);
        _bag = bag;
        _words = new RowGradients(bins.RowCount);
        _members = new int[bins.RowCount];
        _leftOut = new int[bins.RowCount];
        _treeCount = options.Trees;
    }

    /// <summary>Grows the tree of that number; it depends on the rows, the options and the seed alone.</summary>
    public DecisionNode[] Grow(int tree, OutOfBagScores outOfBag, CancellationToken cancellationToken)
    {
        // Weights of anomalies in the upper half, of all rows in the lower: with them second-order gain is the fall of the Gini impurity.
        var (members, leftOut, total) = (0, 0, 0.0);
        for (var row = 0; row < _bag.RowCount; row++)
        {
            var copies = _bag.Copies(tree, row);
            if (copies == 0)
            {
                _leftOut[leftOut++] = row;
                continue;
            }

            _members[members++] = row;
            total += copies * _bag.Weight(row);
        }

        _words.Scale(total, total);
        foreach (var row in _members.AsSpan(0, members))
        {
            var weight = _bag.Copies(tree, row) * _bag.Weight(row);
            _words.Words[row] = _words.Word(_bag.IsAnomaly(row) ? weight : 0, weight);
        }

        var random = new SeededRandom(~_bag.Seed(tree));
        var grown = _grower.Grow(_members.AsSpan(0, members), _words, ref random, cancellationToken);
        var values = new float[grown.Count];
        for (var node = 0; node < values.Length; node++)
        {
            var anomalies = _words.First(grown[node].Sum);
            var normals = Math.Max(0, _words.Second(grown[node].Sum) - anomalies);
            values[node] = (float)(Math.Log((anomalies + Prior) / (normals + Prior)) / _treeCount);
        }

        outOfBag.Add(grown, values, _leftOut.AsSpan(0, leftOut));
        return grown.ToNodes(values);
    }
}
