namespace AnomalyApi.Detection.Detectors;

/// <summary>Finds the best cut of a node in its histogram.</summary>
/// <remarks>
/// The gain is that of Chen and Guestrin, KDD 2016, equation 7, without the factor 1/2 and the price of a leaf:
/// GL^2 / (HL + lambda) + GR^2 / (HR + lambda) - G^2 / (H + lambda). With lambda = 0, G the weight of the anomalies and H that of all rows it
/// is half of what the cut takes from the Gini impurity: H times 2 p (1 - p) is 2 (G - G^2 / H), and G does not change by cutting.
/// </remarks>
internal sealed class SplitFinder(BinnedRows rows, TreeGrowth growth)
{
    private readonly int[] _columns = [.. Enumerable.Range(0, rows.ColumnCount)];

    /// <summary>Puts the columns in order before each tree, so that what the tree before has drawn cannot show in this one.</summary>
    public void Reset()
    {
        for (var column = 0; column < _columns.Length; column++)
            _columns[column] = column;
    }

    /// <summary>The best cut among the columns drawn; when none of them can be cut, drawing goes on.</summary>
    public Split Find(ReadOnlySpan<long> histogram, long sum, RowGradients gradients, ref SeededRandom random)
    {
        var best = default(Split);
        if (growth.ColumnsPerSplit >= _columns.Length)
        {
            for (var column = 0; column < _columns.Length; column++)
                Improve(ref best, histogram, sum, gradients, column);

            return best;
        }

        for (var drawn = 0; drawn < _columns.Length && (drawn < growth.ColumnsPerSplit || best.Gain == 0); drawn++)
        {
            var pick = drawn + random.NextBelow(_columns.Length - drawn);
            (_columns[drawn], _columns[pick]) = (_columns[pick], _columns[drawn]);
            Improve(ref best, histogram, sum, gradients, _columns[drawn]);
        }

        return best;
    }

    /// <remarks>
    /// Everything is counted in the units of the words: a common factor of all gains of a tree changes no choice, and the loop over bins is
    /// where this time goes.
    /// </remarks>
    private void Improve(ref Split best, ReadOnlySpan<long> histogram, long sum, RowGradients gradients, int column)
    {
        var valueBins = rows.ValueBins(column);
        var bins = histogram.Slice(rows.FirstBins[column], valueBins);
        var missing = rows.HasMissing[column] ? histogram[rows.FirstBins[column] + valueBins] : 0;
        var l2 = growth.L2 / gradients.SecondUnit;
        var leastWeight = Math.Max(1, growth.MinChildWeight / gradients.SecondUnit);
        var whole = Quality(sum, l2);

        // Sums are rounded, so a gain that is not clearly above 0 is none.
        var bestGain = Math.Max(best.Gain, 1e-9 * whole);

        // The last bin leaves nothing on the right unless values are missing there.
        var end = missing == 0 ? valueBins - 1 : valueBins;
        var left = 0L;
        for (var bin = 0; bin < end; bin++)
        {
            if (bins[bin] == 0)
                continue;

            left += bins[bin];
            var isMissingLeft = false;
            var leftSum = left;
            while (true)
            {
                var rightSum = sum - leftSum;
                if ((uint)leftSum >= leastWeight && (uint)rightSum >= leastWeight)
                {
                    var gain = Quality(leftSum, l2) + Quality(rightSum, l2) - whole;
                    if (gain > bestGain)
                    {
                        // Where nothing is missing in this node, a missing value goes the way of most.
                        var missingLeft = missing == 0 ? (uint)leftSum >= (uint)rightSum : isMissingLeft;
                        best = new Split(gain, column, (byte)bin, missingLeft, leftSum);
                        bestGain = gain;
                    }
                }

                if (missing == 0 || isMissingLeft || bin == valueBins - 1)
                    break;

                isMissingLeft = true;
                leftSum = left + missing;
            }
        }
    }

    private static double Quality(long sum, double l2)
    {
        var first = (double)(int)(sum >> 32);
        return first * first / ((uint)sum + l2);
    }
}
