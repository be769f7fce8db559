using System.Numerics;
using System.Runtime.InteropServices;

namespace AnomalyApi.Detection.Explanation;

/// <summary>Exact Shapley values of a sum over trees. Owns its buffers: not thread-safe, and a call does not allocate.</summary>
/// <remarks>
/// Interventional TreeSHAP: Lundberg et al., Nature Machine Intelligence 2, 2020, section "Methods", algorithm 3. Of the rows that mix an
/// explained row with a background row, those that reach a leaf take from the explained row every column in which only it satisfies the
/// path, and from the background row every column in which only that one does. With p columns of the first kind and q of the second the
/// leaf gives each of the first (p - 1)! q! / (p + q)! of its value and takes p! (q - 1)! / (p + q)! of it from each of the second. Here one
/// descent serves 64 background rows, as bits of a word.
/// <para>
/// Where the raw score is a function of the sum, the values of each pair of rows are multiplied by the ratio of its two gaps before they are
/// averaged. They keep their proportions and sum to the gap of the raw score.
/// </para>
/// </remarks>
internal sealed class TreeShapley
{
    private const int BlockRows = 64;

    private readonly TreeEnsemble _trees;
    private readonly int[] _players;
    private readonly int _backgroundCount;
    private readonly double[] _sums;
    private readonly double[] _scores;

    // For each node, the rows of the block that go left; [block * nodes + node].
    private readonly ulong[] _goingLeft;

    // (p - 1)! q! / (p + q)!, [p * _weightStride + q].
    private readonly double[] _weights;
    private readonly int _weightStride;

    // The path from the root: one entry for each player on it.
    private readonly Condition[] _path;
    private readonly int[] _placeOnPath;
    private readonly double[] _factors = new double[BlockRows];
    private readonly Condition[] _onlyRow;
    private int _pathLength;
    private int _firstOfBlock;

    /// <param name="players">For each column of the trees, the column of the explanation it belongs to: columns of one player always come
    /// from the same row.</param>
    /// <param name="playerCount">Columns of the explanation.</param>
    /// <param name="background">At least one row of the trees' columns.</param>
    public TreeShapley(TreeEnsemble trees, int[] players, int playerCount, FeatureMatrix background)
    {
        _trees = trees;
        _players = players;
        _backgroundCount = background.RowCount;
        _sums = new double[background.RowCount];
        _scores = new double[background.RowCount];
        _goingLeft = new ulong[(background.RowCount + BlockRows - 1) / BlockRows * trees.Nodes.Length];
        for (var row = 0; row < background.RowCount; row++)
        {
            _sums[row] = trees.Sum(background.Row(row));
            _scores[row] = trees.RawScore(_sums[row]);
            BaseScore += _scores[row] / background.RowCount;
            MarkGoingLeft(row, background.Row(row));
        }

        var longest = LongestPath(trees, playerCount);
        _path = new Condition[longest];
        _onlyRow = new Condition[longest];
        _placeOnPath = new int[playerCount];
        _placeOnPath.AsSpan().Fill(-1);
        _weightStride = longest + 1;
        _weights = Weights(longest);
    }

    public double BaseScore { get; }

    /// <param name="row">One value for each column of the trees.</param>
    /// <param name="contributions">Receives one value a player.</param>
    /// <returns>The raw score of the row.</returns>
    public double Explain(ReadOnlySpan<float> row, Span<double> contributions)
    {
        contributions.Clear();
        var sum = _trees.Sum(row);
        var score = _trees.RawScore(sum);
        for (_firstOfBlock = 0; _firstOfBlock < _backgroundCount; _firstOfBlock += BlockRows)
        {
            var count = Math.Min(BlockRows, _backgroundCount - _firstOfBlock);
            for (var i = 0; i < count; i++)
                _factors[i] = Slope(sum, score, _firstOfBlock + i) / _backgroundCount;

            foreach (var root in _trees.Roots)
                Visit(root, row, ulong.MaxValue >> (BlockRows - count), contributions);
        }

        return score;
    }

    /// <summary>The raw score's gap over the sum's.</summary>
    private double Slope(double sum, double score, int background)
    {
        var gap = sum - _sums[background];
        if (Math.Abs(gap) > 1e-7 * (1 + Math.Abs(sum)))
            return (score - _scores[background]) / gap;

        // Digits are lost in so small a gap; the slope at its place is the same.
        var step = 1e-4 * (1 + Math.Abs(sum));
        return (_trees.RawScore(sum + step) - _trees.RawScore(sum - step)) / (2 * step);
    }

    /// <param name="reaching">Background rows from which, mixed with the explained row, the node can be reached.</param>
    private void Visit(int number, ReadOnlySpan<float> row, ulong reaching, Span<double> contributions)
    {
        ref readonly var node = ref _trees.Nodes[number];
        if (node.IsLeaf)
        {
            AddLeaf(node.Value, reaching, contributions);
            return;
        }

        var goesLeft = node.GoesLeft(row[node.Feature]);
        var goingLeft = _goingLeft[_firstOfBlock / BlockRows * _trees.Nodes.Length + number];
        Step(node.Left, new Condition(_players[node.Feature], goesLeft, goingLeft), row, reaching, contributions);
        Step(node.Right, new Condition(_players[node.Feature], !goesLeft, ~goingLeft), row, reaching, contributions);
    }

    private void Step(int child, Condition condition, ReadOnlySpan<float> row, ulong reaching, Span<double> contributions)
    {
        var place = _placeOnPath[condition.Player];
        var isNew = place < 0;
        Condition before = default;
        if (isNew)
        {
            _placeOnPath[condition.Player] = place = _pathLength++;
        }
        else
        {
            before = _path[place];
            condition = new Condition(condition.Player, condition.HoldsForRow && before.HoldsForRow, condition.HoldsForBackground & before.HoldsForBackground);
        }

        _path[place] = condition;
        if (!condition.HoldsForRow)
            reaching &= condition.HoldsForBackground;

        if (reaching != 0)
            Visit(child, row, reaching, contributions);

        if (isNew)
        {
            _placeOnPath[condition.Player] = -1;
            _pathLength--;
        }
        else
        {
            _path[place] = before;
        }
    }

    private void AddLeaf(double value, ulong reaching, Span<double> contributions)
    {
        // Columns that only the background satisfies are the same for all rows that are left, for they must satisfy all of them.
        int onlyBackground = 0, onlyRowCount = 0;
        ulong differing = 0;
        foreach (ref readonly var condition in _path.AsSpan(0, _pathLength))
        {
            var onlyRow = reaching & ~condition.HoldsForBackground;
            if (!condition.HoldsForRow)
                onlyBackground++;
            else if (onlyRow != 0)
                _onlyRow[onlyRowCount++] = condition with { HoldsForBackground = onlyRow };

            differing |= onlyRow;
        }

        // A background row that falls into the leaf by itself says nothing about the difference, if the explained row does too.
        var left = onlyBackground > 0 ? reaching : differing;
        var taken = 0.0;
        var only = _onlyRow.AsSpan(0, onlyRowCount);
        for (; left != 0; left &= left - 1)
        {
            var background = BitOperations.TrailingZeroCount(left);
            var p = 0;
            foreach (ref readonly var condition in only)
                p += (int)(condition.HoldsForBackground >> background) & 1;

            var part = value * _factors[background];
            taken += part * _weights[onlyBackground * _weightStride + p];
            var given = part * _weights[p * _weightStride + onlyBackground];
            foreach (ref readonly var condition in only)
            {
                if (((condition.HoldsForBackground >> background) & 1) != 0)
                    contributions[condition.Player] += given;
            }
        }

        if (onlyBackground == 0)
            return;

        foreach (ref readonly var condition in _path.AsSpan(0, _pathLength))
        {
            if (!condition.HoldsForRow)
                contributions[condition.Player] -= taken;
        }
    }

    private void MarkGoingLeft(int row, ReadOnlySpan<float> values)
    {
        var marks = _goingLeft.AsSpan(row / BlockRows * _trees.Nodes.Length, _trees.Nodes.Length);
        for (var number = 0; number < marks.Length; number++)
        {
            ref readonly var node = ref _trees.Nodes[number];
            if (!node.IsLeaf && node.GoesLeft(values[node.Feature]))
                marks[number] |= 1UL << (row % BlockRows);
        }
    }

    /// <summary>Most players there can be on a path.</summary>
    private static int LongestPath(TreeEnsemble trees, int playerCount)
    {
        // Children come after their parents, so one pass from the front knows the depth of each.
        var depths = new int[trees.Nodes.Length];
        for (var number = 0; number < depths.Length; number++)
        {
            ref readonly var node = ref trees.Nodes[number];
            if (!node.IsLeaf)
            {
                depths[node.Left] = Math.Max(depths[node.Left], depths[number] + 1);
                depths[node.Right] = Math.Max(depths[node.Right], depths[number] + 1);
            }
        }

        return Math.Min(playerCount, depths.Max());
    }

    private static double[] Weights(int longest)
    {
        // From (p - 1)! q! / (p + q)! at p = 1, 1 / (q + 1), each step to the next p multiplies by p / (p + q + 1).
        var stride = longest + 1;
        var weights = new double[stride * stride];
        for (var q = 0; q <= longest; q++)
        {
            var weight = 1.0 / (q + 1);
            for (var p = 1; p <= longest; p++)
            {
                weights[p * stride + q] = weight;
                weight *= p / (p + q + 1.0);
            }
        }

        return weights;
    }

    /// <summary>What the nodes passed so far ask of one player, and who satisfies it.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Condition(int Player, bool HoldsForRow, ulong HoldsForBackground);
}
