namespace AnomalyApi.Detection.Detectors;

/// <summary>Grows trees one after another with the same scratch space. One for each thread.</summary>
internal sealed class IsolationTreeGrower(FeatureMatrix rows, IsolationTrees trees)
{
    private readonly int _heightLimit = IsolationPath.HeightLimit(trees.SampleSize);
    private readonly RowSample _sample = new(rows.RowCount, trees.SampleSize);
    private readonly int[] _columns = new int[rows.ColumnCount];
    private SeededRandom _random;

    /// <summary>Fills the places of one tree. The tree depends on its seed and the rows alone.</summary>
    public void Grow(int tree, ulong seed)
    {
        _random = new SeededRandom(seed);
        var members = _sample.Draw(ref _random);

        // Ascending, so that the order of columns left by the tree before cannot show in this one.
        for (var column = 0; column < _columns.Length; column++)
            _columns[column] = column;

        Split(tree * trees.Stride, node: 1, height: 0, members);
    }

    /// <summary>Algorithm 2 of the paper.</summary>
    private void Split(int offset, int node, int height, Span<int> members)
    {
        if (height == _heightLimit || members.Length < 2 || !TryCut(members, out var column, out var threshold))
        {
            WriteLeaf(offset, node, height, members.Length);
            return;
        }

        var left = 0;
        for (var i = 0; i < members.Length; i++)
        {
            if (rows.Row(members[i])[column] < threshold)
            {
                (members[left], members[i]) = (members[i], members[left]);
                left++;
            }
        }

        trees.Features[offset + node] = column;
        trees.Thresholds[offset + node] = threshold;
        Split(offset, 2 * node, height + 1, members[..left]);
        Split(offset, 2 * node + 1, height + 1, members[left..]);
    }

    /// <summary>Draws columns without replacement until the members differ in one.</summary>
    private bool TryCut(ReadOnlySpan<int> members, out int column, out float threshold)
    {
        for (var untried = _columns.Length; untried > 0; untried--)
        {
            var pick = _random.NextBelow(untried);
            (_columns[pick], _columns[untried - 1]) = (_columns[untried - 1], _columns[pick]);
            column = _columns[untried - 1];

            float min = float.PositiveInfinity, max = float.NegativeInfinity;
            foreach (var member in members)
            {
                var value = rows.Row(member)[column];
                min = Math.Min(min, value);
                max = Math.Max(max, value);
            }

            if (min < max)
            {
                // In double, because max - min may exceed the largest float. Rounding could give min itself, and an empty left side.
                threshold = (float)(min + _random.NextDouble() * ((double)max - min));
                threshold = Math.Clamp(threshold, MathF.BitIncrement(min), max);
                return true;
            }
        }

        (column, threshold) = (0, 0);
        return false;
    }

    private void WriteLeaf(int offset, int node, int height, int memberCount)
    {
        var levelsBelow = trees.Depth - height;
        var firstPlace = (node << levelsBelow) - trees.Stride;

        // One row has c = 0, by which equation 2 cannot divide; one edge over c = 1 gives the 0.5 that copies of a row get.
        var length = trees.SampleSize == 1 ? 1 : height + IsolationPath.AverageLength(memberCount);
        trees.Lengths.AsSpan(offset + firstPlace, 1 << levelsBelow).Fill((float)length);
    }
}
