using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Chooses the rows that k-means begins with: each with a chance that grows with the square of its distance to those before.</summary>
/// <remarks>Arthur and Vassilvitskii, k-means++: The Advantages of Careful Seeding, SODA 2007, section 2.2; of several candidates the one that leaves
/// the least sum of squares is taken, as their section 7 proposes.</remarks>
internal sealed class KMeansStart
{
    private readonly FeatureMatrix _rows;
    private readonly RowStripes _stripes;
    private readonly float[] _distances;
    private readonly double[] _stripeSums;
    private readonly double[] _candidateSums;

    public KMeansStart(FeatureMatrix rows, RowStripes stripes)
    {
        _rows = rows;
        _stripes = stripes;
        _distances = new float[rows.RowCount];
        _stripeSums = new double[stripes.Count];
        _candidateSums = new double[stripes.Count * RowPanels.Width];
    }

    /// <summary>Chooses rows.</summary>
    /// <param name="count">As many, or fewer when fewer differ.</param>
    /// <param name="report">Receives the number of rows chosen so far.</param>
    public FeatureMatrix Choose(int count, ref SeededRandom random, Action<int> report)
    {
        // Two and a few more, as many as fit into one panel: comparing with 16 rows takes as long as with one.
        var candidates = new int[Math.Min(2 + (int)Math.Log(count), RowPanels.Width)];
        var chosen = new List<int> { random.NextBelow(_rows.RowCount) };
        Array.Fill(_distances, float.PositiveInfinity);
        var total = Approach(chosen[0]);
        while (chosen.Count < count && total > 0)
        {
            report(chosen.Count);
            foreach (ref var candidate in candidates.AsSpan())
                candidate = Draw(random.NextDouble() * total);

            chosen.Add(Best(candidates));
            total = Approach(chosen[^1]);
        }

        return _rows.Pick(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(chosen));
    }

    /// <summary>The row at which the sum of squared distances, added up row by row, passes a value.</summary>
    private int Draw(double wanted)
    {
        var stripe = 0;
        for (; stripe < _stripeSums.Length - 1 && wanted >= _stripeSums[stripe]; stripe++)
            wanted -= _stripeSums[stripe];

        // Rounding may leave more than there is; then the last row counts that is no centre already.
        var drawn = -1;
        var (first, end) = (_stripes[stripe].Start.Value, _stripes[stripe].End.Value);
        for (var row = first; row < end && wanted >= 0; row++)
        {
            if (_distances[row] > 0)
            {
                drawn = row;
                wanted -= _distances[row];
            }
        }

        return drawn >= 0 ? drawn : Array.FindLastIndex(_distances, distance => distance > 0);
    }

    /// <summary>The candidate that would leave the least sum of squares, the first of equals.</summary>
    private int Best(int[] candidates)
    {
        var panel = new RowPanels(_rows.Pick(candidates));
        _candidateSums.AsSpan().Clear();
        _stripes.Run(0, _stripes.Count, (stripe, first, count) =>
        {
            Span<float> distances = stackalloc float[count * RowPanels.Width];
            SquaredDistances.Compute(panel, RowsAt(first, count), distances);
            var sums = _candidateSums.AsSpan(stripe * RowPanels.Width, candidates.Length);
            for (var row = 0; row < count; row++)
            {
                var before = _distances[first + row];
                var lanes = distances.Slice(row * RowPanels.Width, sums.Length);
                for (var lane = 0; lane < sums.Length; lane++)
                    sums[lane] += Math.Min(lanes[lane], before);
            }
        });

        var (best, least) = (0, double.PositiveInfinity);
        for (var lane = 0; lane < candidates.Length; lane++)
        {
            var sum = 0.0;
            for (var stripe = 0; stripe < _stripes.Count; stripe++)
                sum += _candidateSums[stripe * RowPanels.Width + lane];

            if (sum < least)
                (best, least) = (lane, sum);
        }

        return candidates[best];
    }

    /// <summary>Lets rows that are nearer to a new centre belong to it.</summary>
    /// <returns>The sum of squared distances that is left.</returns>
    private double Approach(int centre)
    {
        var panel = new RowPanels(_rows.Pick([centre]));
        _stripeSums.AsSpan().Clear();
        _stripes.Run(0, _stripes.Count, (stripe, first, count) =>
        {
            Span<float> distances = stackalloc float[count];
            Span<int> nearest = stackalloc int[count];
            NearestRow.Find(panel, RowsAt(first, count), distances, nearest);
            var sum = 0.0;
            for (var row = 0; row < count; row++)
                sum += _distances[first + row] = Math.Min(_distances[first + row], distances[row]);

            _stripeSums[stripe] += sum;
        });

        var total = 0.0;
        foreach (var sum in _stripeSums)
            total += sum;

        return total;
    }

    private ReadOnlySpan<float> RowsAt(int first, int count) =>
        _rows.AsSpan().Slice(first * _rows.ColumnCount, count * _rows.ColumnCount);
}
