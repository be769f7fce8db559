namespace AnomalyApi.Detection.Detectors;

/// <summary>Which rows a tree is grown on, how often and with what weight. Immutable; any row of any tree can be asked for.</summary>
internal sealed class ForestBag
{
    private readonly bool _bootstrap;
    private readonly double _normalWeight = 1;
    private readonly double _anomalyWeight = 1;
    private readonly ulong[] _seeds;
    private readonly bool[] _isAnomaly;

    public ForestBag(TrainingRows rows, RandomForestOptions options, ulong seed)
    {
        _bootstrap = options.Bootstrap;
        _isAnomaly = new bool[rows.RowCount];
        for (var row = 0; row < _isAnomaly.Length; row++)
            _isAnomaly[row] = rows.Label(row) == RowLabel.Anomaly;

        if (options.ClassWeighting == ClassWeighting.Balanced)
        {
            _normalWeight = rows.RowCount / (2.0 * rows.Count(RowLabel.Normal));
            _anomalyWeight = rows.RowCount / (2.0 * rows.Count(RowLabel.Anomaly));
        }

        var random = new SeededRandom(seed);
        _seeds = new ulong[options.Trees];
        foreach (ref var treeSeed in _seeds.AsSpan())
            treeSeed = random.NextUInt64();
    }

    public int RowCount => _isAnomaly.Length;

    public bool HasLeftOut => _bootstrap;

    public ulong Seed(int tree) => _seeds[tree];

    public bool IsAnomaly(int row) => _isAnomaly[row];

    public double Weight(int row) => _isAnomaly[row] ? _anomalyWeight : _normalWeight;

    /// <summary>How often the tree has the row: a Poisson(1) number, 0 to 7.</summary>
    public int Copies(int tree, int row)
    {
        if (!_bootstrap)
            return 1;

        var u = new SeededRandom(_seeds[tree] + (ulong)row * 0xD1342543DE82EF95).NextDouble();
        var copies = 0;
        for (double share = 1 / Math.E, sum = share; u >= sum && copies < 7; sum += share)
            share /= ++copies;

        return copies;
    }
}
