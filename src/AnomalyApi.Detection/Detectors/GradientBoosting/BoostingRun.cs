namespace AnomalyApi.Detection.Detectors;

/// <summary>One fit of <see cref="GradientBoosting"/>: the state that passes from tree to tree.</summary>
internal sealed class BoostingRun
{
    private const int ChunkRows = 4096;

    // From as many rows of each class, some are held out, and never fewer than tell a gain from luck.
    private const int LeastRowsToHoldOut = 50;
    private const int LeastHeldOut = 10;

    // Far beyond any sensible step; keeps a leaf finite when lambda is 0 and its rows are nearly certain.
    private const double LargestStep = 1000;

    private readonly GradientBoostingOptions _options;
    private readonly FitSettings _settings;
    private readonly BinnedRows _bins;
    private readonly bool[] _isAnomaly;
    private readonly int[] _fitted;
    private readonly int[] _heldOut;
    private readonly float[] _logOdds;
    private readonly RowGradients _gradients;
    private readonly (double First, double Second)[] _chunkTotals;
    private readonly double _normalWeight;
    private readonly double _anomalyWeight;
    private readonly float _prior;
    private SeededRandom _random;

    public BoostingRun(GradientBoostingOptions options, TrainingRows rows, BinnedRows bins, FitSettings settings)
    {
        _options = options;
        _settings = settings;
        _bins = bins;
        _random = new SeededRandom(settings.Seed);
        _isAnomaly = new bool[rows.RowCount];
        for (var row = 0; row < _isAnomaly.Length; row++)
            _isAnomaly[row] = rows.Label(row) == RowLabel.Anomaly;

        (_fitted, _heldOut) = HoldOut();
        var anomalies = _fitted.Count(row => _isAnomaly[row]);
        var normals = _fitted.Length - anomalies;
        (_normalWeight, _anomalyWeight) = options.ClassWeighting == ClassWeighting.Balanced
            ? (_fitted.Length / (2.0 * normals), _fitted.Length / (2.0 * anomalies))
            : (1, 1);

        // The best constant there is, so that the first tree need not learn it.
        _prior = (float)Math.Log(_anomalyWeight * anomalies / (_normalWeight * normals));
        _logOdds = new float[rows.RowCount];
        _logOdds.AsSpan().Fill(_prior);
        _gradients = new RowGradients(rows.RowCount);
        _chunkTotals = new (double, double)[(_fitted.Length + ChunkRows - 1) / ChunkRows];
    }

    public DecisionTrees Grow(CancellationToken cancellationToken)
    {
        var columns = Math.Max(1, (int)Math.Round(_options.ColumnShare * _bins.ColumnCount));
        var growth = new TreeGrowth(1 << _options.Depth, _options.Depth, _options.L2, _options.MinChildWeight, columns);
        var grower = new TreeGrower(_bins, growth, _settings.MaxThreads);
        var trees = new List<DecisionNode[]>();
        var (bestLoss, bestCount) = (double.PositiveInfinity, 0);
        var sample = new int[_fitted.Length];
        while (trees.Count < _options.Trees)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TakeGradients();
            var members = Sample(sample);
            var tree = grower.Grow(members, _gradients, ref _random, cancellationToken);
            var values = LeafValues(tree);
            trees.Add(tree.ToNodes(values));
            Advance(tree, values, members);

            _settings.Progress?.Report((double)trees.Count / _options.Trees);
            if (_heldOut.Length == 0)
                continue;

            var loss = HeldOutLoss();
            if (loss < bestLoss)
                (bestLoss, bestCount) = (loss, trees.Count);
            else if (trees.Count - bestCount >= _options.Patience)
                break;
        }

        _settings.Progress?.Report(1);
        return new DecisionTrees(_bins.ColumnCount, _prior, bestCount > 0 ? trees.GetRange(0, bestCount) : trees);
    }

    /// <summary>Parts the rows; the same share of each class is held out, so that a rare one is there on both sides.</summary>
    private (int[] Fitted, int[] HeldOut) HoldOut()
    {
        var anomalies = _isAnomaly.Count(true);
        if (_options.HeldOutShare == 0 || Math.Min(anomalies, _isAnomaly.Length - anomalies) < LeastRowsToHoldOut)
            return ([.. Enumerable.Range(0, _isAnomaly.Length)], []);

        var isHeldOut = new bool[_isAnomaly.Length];
        foreach (var isAnomaly in (ReadOnlySpan<bool>)[false, true])
        {
            int[] rows = [.. Enumerable.Range(0, _isAnomaly.Length).Where(row => _isAnomaly[row] == isAnomaly)];
            _random.Shuffle<int>(rows);
            foreach (var row in rows.AsSpan(0, Math.Max(LeastHeldOut, (int)(_options.HeldOutShare * rows.Length))))
                isHeldOut[row] = true;
        }

        var all = Enumerable.Range(0, isHeldOut.Length);
        return ([.. all.Where(row => !isHeldOut[row])], [.. all.Where(row => isHeldOut[row])]);
    }

    /// <summary>Gradients of the logistic loss at the log-odds so far: w (p - y) and w p (1 - p).</summary>
    private void TakeGradients()
    {
        // Totals are added by chunks of fixed size in a fixed order, so that the units do not depend on the threads.
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _settings.MaxThreads };
        Parallel.For(0, _chunkTotals.Length, parallel, chunk =>
        {
            var (first, second) = (0.0, 0.0);
            foreach (var row in Chunk(chunk))
            {
                var (g, h) = Gradient(row);
                first += Math.Abs(g);
                second += h;
            }

            _chunkTotals[chunk] = (first, second);
        });

        var totals = (First: 0.0, Second: 0.0);
        foreach (var (first, second) in _chunkTotals)
            totals = (totals.First + first, totals.Second + second);

        _gradients.Scale(totals.First, totals.Second);
        Parallel.For(0, _chunkTotals.Length, parallel, chunk =>
        {
            foreach (var row in Chunk(chunk))
            {
                var (g, h) = Gradient(row);
                _gradients.Words[row] = _gradients.Word(g, h);
            }
        });
    }

    private ReadOnlySpan<int> Chunk(int chunk) =>
        _fitted.AsSpan(chunk * ChunkRows, Math.Min(ChunkRows, _fitted.Length - chunk * ChunkRows));

    private (float First, float Second) Gradient(int row)
    {
        var p = 1 / (1 + MathF.Exp(-_logOdds[row]));
        return _isAnomaly[row]
            ? ((float)_anomalyWeight * (p - 1), (float)_anomalyWeight * p * (1 - p))
            : ((float)_normalWeight * p, (float)_normalWeight * p * (1 - p));
    }

    /// <summary>The rows of one tree, drawn without replacement (Friedman, Stochastic gradient boosting, 2002).</summary>
    private Span<int> Sample(int[] sample)
    {
        if (_options.RowShare >= 1)
        {
            _fitted.CopyTo(sample, 0);
            return sample;
        }

        // In the order of the rows, which reads memory forwards: Knuth, The Art of Computer Programming 2, algorithm 3.4.2S.
        var wanted = Math.Max(1, (int)Math.Round(_options.RowShare * _fitted.Length));
        var count = 0;
        for (var i = 0; count < wanted; i++)
        {
            if (_random.NextBelow(_fitted.Length - i) < wanted - count)
                sample[count++] = _fitted[i];
        }

        return sample.AsSpan(0, count);
    }

    /// <summary>Chen and Guestrin 2016, equation 5, times the learning rate: -G / (H + lambda).</summary>
    private float[] LeafValues(GrownTree tree)
    {
        var values = new float[tree.Count];
        for (var node = 0; node < values.Length; node++)
        {
            if (!tree[node].IsLeaf)
                continue;

            var step = -_gradients.First(tree[node].Sum) / (_gradients.Second(tree[node].Sum) + _options.L2 + 1e-30);
            values[node] = (float)(_options.LearningRate * Math.Clamp(step, -LargestStep, LargestStep));
        }

        return values;
    }

    private void Advance(GrownTree tree, float[] values, ReadOnlySpan<int> members)
    {
        // Growing has put the rows into the order of the leaves.
        for (var node = 0; node < tree.Count; node++)
        {
            if (!tree[node].IsLeaf)
                continue;

            foreach (var row in members.Slice(tree[node].FirstMember, tree[node].MemberCount))
                _logOdds[row] += values[node];
        }

        foreach (var row in _heldOut)
            _logOdds[row] += values[tree.LeafOf(row)];

        if (members.Length == _fitted.Length)
            return;

        var isMember = new bool[_isAnomaly.Length];
        foreach (var row in members)
            isMember[row] = true;

        foreach (var row in _fitted)
        {
            if (!isMember[row])
                _logOdds[row] += values[tree.LeafOf(row)];
        }
    }

    /// <summary>Mean logistic loss of the held-out rows, weighted as the fitted ones are.</summary>
    private double HeldOutLoss()
    {
        var loss = 0.0;
        foreach (var row in _heldOut)
        {
            var margin = _isAnomaly[row] ? _logOdds[row] : -_logOdds[row];
            var softplus = MathF.Max(-margin, 0) + MathF.Log(1 + MathF.Exp(-MathF.Abs(margin)));
            loss += (_isAnomaly[row] ? _anomalyWeight : _normalWeight) * softplus;
        }

        return loss;
    }
}
