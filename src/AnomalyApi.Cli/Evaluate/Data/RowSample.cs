namespace AnomalyApi.Cli.Evaluate.Data;

/// <summary>Which rows of a file are taken, in their order.</summary>
internal sealed class RowSample
{
    private readonly bool[]? _taken;

    private RowSample(int count, bool[]? taken)
    {
        Count = count;
        _taken = taken;
    }

    public int Count { get; }

    public bool Takes(int row) => _taken is null || (row < _taken.Length && _taken[row]);

    /// <summary>All rows, or as many as are wanted, each set of that size as likely as any other.</summary>
    /// <remarks>Knuth, The Art of Computer Programming 2, algorithm 3.4.2S.</remarks>
    public static RowSample Draw(int rowCount, int maxRows, int seed)
    {
        if (rowCount <= maxRows)
            return new RowSample(rowCount, null);

        var random = new Random(seed);
        var taken = new bool[rowCount];
        for (int row = 0, left = maxRows; row < rowCount && left > 0; row++)
        {
            taken[row] = random.Next(rowCount - row) < left;
            left -= taken[row] ? 1 : 0;
        }

        return new RowSample(maxRows, taken);
    }
}
