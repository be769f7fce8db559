namespace AnomalyApi.Detection.Detectors;

/// <summary>Grows oblique trees one after another with the same scratch space. One for each thread.</summary>
/// <remarks>
/// Hariri, Kind and Brunner, Extended Isolation Forest, IEEE TKDE 33, 2021, algorithm 2, in units of each column's standard deviation; columns
/// in which the rows of a node are all equal are not drawn. Such a plane may leave all rows on one side.
/// </remarks>
internal sealed class ObliqueTreeGrower(FeatureMatrix rows, ColumnUnits units, ObliqueTrees trees, CancellationToken cancellationToken)
{
    private readonly RowSample _sample = new(rows.RowCount, trees.SampleSize);
    private readonly FeatureMatrix _rows = new(new float[trees.SampleSize * rows.ColumnCount], trees.SampleSize, rows.ColumnCount);
    private readonly int[] _columns = new int[rows.ColumnCount];
    private readonly int[] _members = new int[trees.SampleSize];
    private SeededRandom _random;

    /// <summary>Fills the places of one tree. The tree depends on its seed and the rows alone.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Grow(int tree, ulong seed)
    {
        _random = new SeededRandom(seed);
        var drawn = _sample.Draw(ref _random);
        for (var i = 0; i < drawn.Length; i++)
        {
            units.Apply(rows.Row(drawn[i]), _rows.Row(i));
            _members[i] = i;
        }

        // Ascending, so that the order of columns left by the tree before cannot show in this one.
        for (var column = 0; column < _columns.Length; column++)
            _columns[column] = column;

        Split(tree * trees.Stride, node: 1, height: 0, _members);
    }

    private void Split(int offset, int node, int height, Span<int> members)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (height == trees.Depth || members.Length < 2 || !TryCut(offset + node, members))
        {
            WriteLeaf(offset, node, height, members.Length);
            return;
        }

        var left = 0;
        for (var i = 0; i < members.Length; i++)
        {
            if (trees.Child(offset, node, _rows.Row(members[i])) == 2 * node)
            {
                (members[left], members[i]) = (members[i], members[left]);
                left++;
            }
        }

        Split(offset, 2 * node, height + 1, members[..left]);
        Split(offset, 2 * node + 1, height + 1, members[left..]);
    }

    /// <summary>Draws as many columns as a cut has, a normal vector over them, and a point of the members' box that the plane goes
    /// through.</summary>
    private bool TryCut(int at, ReadOnlySpan<int> members)
    {
        var (found, threshold) = (0, 0.0);
        for (var untried = _columns.Length; untried > 0 && found < trees.CutColumns; untried--)
        {
            var pick = _random.NextBelow(untried);
            (_columns[pick], _columns[untried - 1]) = (_columns[untried - 1], _columns[pick]);
            var column = _columns[untried - 1];
            float min = float.PositiveInfinity, max = float.NegativeInfinity;
            foreach (var member in members)
            {
                var value = _rows.Row(member)[column];
                min = Math.Min(min, value);
                max = Math.Max(max, value);
            }

            if (min == max)
                continue;

            var weight = (float)_random.NextNormal();
            threshold += weight * (min + _random.NextDouble() * ((double)max - min));
            if (trees.Columns.Length == 0)
            {
                trees.Weights[at * trees.NodeWidth + column] = weight;
            }
            else
            {
                trees.Weights[at * trees.NodeWidth + found] = weight;
                trees.Columns[at * trees.NodeWidth + found] = column;
            }

            found++;
        }

        trees.Thresholds[at] = (float)threshold;
        return found > 0;
    }

    private void WriteLeaf(int offset, int node, int height, int memberCount)
    {
        var levelsBelow = trees.Depth - height;
        var firstPlace = (node << levelsBelow) - trees.Stride;

        // As in IsolationTreeGrower: one row has c = 0, by which the score cannot divide.
        var length = trees.SampleSize == 1 ? 1 : height + IsolationPath.AverageLength(memberCount);
        trees.Lengths.AsSpan(offset + firstPlace, 1 << levelsBelow).Fill((float)length);
    }
}
