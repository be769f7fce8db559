namespace AnomalyApi.Detection.Kernels;

/// <summary>The nearest neighbours of every reference row among the others.</summary>
internal sealed class NeighbourGraph
{
    private const int BlockRows = 64;

    private readonly float[] _distances;
    private readonly int[] _neighbours;

    private NeighbourGraph(int count, float[] distances, int[] neighbours)
    {
        Count = count;
        _distances = distances;
        _neighbours = neighbours;
    }

    /// <summary>Neighbours of each row.</summary>
    public int Count { get; }

    /// <summary>Squared distances of a row to its neighbours, ascending.</summary>
    public ReadOnlySpan<float> SquaredDistances(int row) => _distances.AsSpan(row * Count, Count);

    /// <summary>The neighbours of a row, in the same order.</summary>
    public ReadOnlySpan<int> Neighbours(int row) => _neighbours.AsSpan(row * Count, Count);

    /// <summary>Finds them. No row is its own neighbour; its copies are.</summary>
    /// <param name="rows">The rows of <paramref name="references"/>.</param>
    /// <param name="count">Neighbours of each row, from 0 to the number of rows - 1.</param>
    /// <param name="onProgress">Receives the finished share, 0 to 1, from any thread.</param>
    /// <param name="roundingBits">As for <see cref="NearestRows.Find"/>.</param>
    public static NeighbourGraph Find(
        FeatureMatrix rows,
        RowPanels references,
        int count,
        int roundingBits,
        int maxThreads,
        Action<double> onProgress,
        CancellationToken cancellationToken)
    {
        var distances = new float[rows.RowCount * count];
        var neighbours = new int[rows.RowCount * count];
        if (count > 0)
        {
            ForBlocks(
                rows.RowCount,
                maxThreads,
                (first, rowCount) => NearestRows.Find(
                    references,
                    rows.AsSpan().Slice(first * rows.ColumnCount, rowCount * rows.ColumnCount),
                    count,
                    distances.AsSpan(first * count, rowCount * count),
                    neighbours.AsSpan(first * count, rowCount * count),
                    first,
                    roundingBits),
                onProgress,
                cancellationToken);
        }

        return new NeighbourGraph(count, distances, neighbours);
    }

    /// <summary>Does something for every block of rows, on several threads.</summary>
    /// <param name="onBlock">Receives the first row of the block and the number of its rows.</param>
    public static void ForBlocks(
        int rowCount, int maxThreads, Action<int, int> onBlock, Action<double> onProgress, CancellationToken cancellationToken)
    {
        var blocks = (rowCount + BlockRows - 1) / BlockRows;
        var done = 0;
        Parallel.For(
            0,
            blocks,
            new ParallelOptions { MaxDegreeOfParallelism = maxThreads, CancellationToken = cancellationToken },
            block =>
            {
                onBlock(block * BlockRows, Math.Min(BlockRows, rowCount - block * BlockRows));
                onProgress((double)Interlocked.Increment(ref done) / blocks);
            });
    }
}
