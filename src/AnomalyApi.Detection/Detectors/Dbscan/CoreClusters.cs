using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Clusters of core points: those that a chain of steps within eps connects.</summary>
internal static class CoreClusters
{
    private const int BatchRows = 32;

    /// <summary>Counts them.</summary>
    /// <remarks>
    /// Ester et al. 1996, definitions 3 to 5, restricted to core points: a cluster is its core points and the border points near them. Rows
    /// are reached breadth first. Distances are computed to all rows at once, but compared only for those not reached yet, and none are
    /// computed after the last was reached: in one dense crowd that is after few.
    /// </remarks>
    /// <param name="panels">The rows of <paramref name="rows"/>.</param>
    /// <param name="squaredEps">Finite.</param>
    /// <param name="onProgress">Receives the finished share, 0 to 1.</param>
    public static int Count(
        FeatureMatrix rows, RowPanels panels, float squaredEps, Action<double> onProgress, CancellationToken cancellationToken)
    {
        var reached = new int[rows.RowCount];
        var unreached = new int[rows.RowCount];
        for (var row = 0; row < unreached.Length; row++)
            unreached[row] = row;

        int done = 0, reachedCount = 0, unreachedCount = unreached.Length, clusters = 0;
        using var values = new Scratch<float>(BatchRows * rows.ColumnCount);
        using var distances = new Scratch<float>(BatchRows * panels.LaneCount);
        while (unreachedCount > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (done == reachedCount)
            {
                // Nothing leads further, so any row that is left starts the next cluster.
                reached[reachedCount++] = unreached[--unreachedCount];
                clusters++;
            }

            var count = Math.Min(BatchRows, reachedCount - done);
            var batch = values.Span[..(count * rows.ColumnCount)];
            for (var i = 0; i < count; i++)
                rows.Row(reached[done + i]).CopyTo(batch[(i * rows.ColumnCount)..]);

            SquaredDistances.Compute(panels, batch, distances.Span[..(count * panels.LaneCount)]);
            var left = 0;
            for (var i = 0; i < unreachedCount; i++)
            {
                var row = unreached[i];
                if (IsNear(distances.Span[row..], panels.LaneCount, count, squaredEps))
                    reached[reachedCount++] = row;
                else
                    unreached[left++] = row;
            }

            unreachedCount = left;
            done += count;
            onProgress((double)done / rows.RowCount);
        }

        return clusters;
    }

    private static bool IsNear(ReadOnlySpan<float> distances, int stride, int count, float squaredEps)
    {
        for (var i = 0; i < count; i++)
        {
            if (distances[i * stride] <= squaredEps)
                return true;
        }

        return false;
    }
}
