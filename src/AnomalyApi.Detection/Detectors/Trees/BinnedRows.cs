namespace AnomalyApi.Detection.Detectors;

/// <summary>Training rows with every value replaced by the number of its bin, once by columns and once by rows.</summary>
/// <remarks>
/// Binning makes a split search linear in the bins instead of the rows (Chen and Guestrin, XGBoost, KDD 2016, section 3.2; Ke et al.,
/// LightGBM, NIPS 2017, section 2.1). By rows only the bins that are not the most frequent of their column are listed: one-hot and mostly
/// empty columns then cost nothing, and what the most frequent bin holds is the node's total less the other bins.
/// </remarks>
internal sealed class BinnedRows
{
    /// <summary>Stands for a missing value in <see cref="Column"/>.</summary>
    public const byte MissingBin = 255;

    /// <summary>Most bins of a column, the one of missing values not counted.</summary>
    public const int MaxBins = 255;

    private const int ChunkRows = 8192;

    private readonly byte[][] _columns;
    private readonly float[][] _cuts;

    private BinnedRows(int rowCount, int columnCount)
    {
        RowCount = rowCount;
        _columns = new byte[columnCount][];
        _cuts = new float[columnCount][];
        FirstBins = new int[columnCount + 1];
        DefaultBins = new int[columnCount];
        HasMissing = new bool[columnCount];
        EntryStarts = new int[rowCount + 1];
        Entries = [];
    }

    public int RowCount { get; }

    public int ColumnCount => _columns.Length;

    /// <summary>Place of each column's first bin in a histogram of all columns; the last element is the length of the histogram. The bin
    /// of missing values, where there are some, comes last in its column.</summary>
    public int[] FirstBins { get; }

    /// <summary>Place of each column's most frequent bin, which <see cref="Entries"/> leaves out.</summary>
    public int[] DefaultBins { get; }

    /// <summary>Which columns miss a value in some row.</summary>
    public bool[] HasMissing { get; }

    /// <summary>Where the entries of each row begin; the last element is their number.</summary>
    public int[] EntryStarts { get; }

    /// <summary>Places of the bins a row falls into, row after row.</summary>
    public int[] Entries { get; private set; }

    /// <summary>Number of places of a histogram.</summary>
    public int BinCount => FirstBins[^1];

    /// <summary>Bin of each row in one column.</summary>
    public ReadOnlySpan<byte> Column(int column) => _columns[column];

    /// <summary>Number of bins of a column that hold values.</summary>
    public int ValueBins(int column) => _cuts[column].Length + 1;

    /// <summary>What a value must be less than to fall into bin <paramref name="bin"/> or one before it; infinite for the last
    /// bin.</summary>
    public float UpperEdge(int column, int bin) => bin < _cuts[column].Length ? _cuts[column][bin] : float.PositiveInfinity;

    /// <summary>Bins the rows. The result does not depend on the number of threads.</summary>
    /// <param name="rows">NaN is missing; other values are finite.</param>
    /// <param name="maxBins">2 to <see cref="MaxBins"/>.</param>
    public static BinnedRows Bin(FeatureMatrix rows, int maxBins, int maxThreads, CancellationToken cancellationToken)
    {
        var binned = new BinnedRows(rows.RowCount, rows.ColumnCount);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = maxThreads, CancellationToken = cancellationToken };
        Parallel.For(
            0,
            rows.ColumnCount,
            parallel,
            () => new ColumnBinner(rows.RowCount, maxBins),
            (column, _, binner) =>
            {
                var bins = new byte[rows.RowCount];
                binned._cuts[column] = binner.Bin(rows, column, bins);
                binned._columns[column] = bins;
                binned.HasMissing[column] = bins.AsSpan().Contains(MissingBin);
                return binner;
            },
            _ => { });

        binned.FindDefaults();
        binned.ListByRows(parallel);
        return binned;
    }

    private void FindDefaults()
    {
        Span<int> counts = stackalloc int[256];
        for (var column = 0; column < ColumnCount; column++)
        {
            counts.Clear();
            foreach (var bin in _columns[column])
                counts[bin]++;

            var most = 0;
            for (var bin = 1; bin < 256; bin++)
                most = counts[bin] > counts[most] ? bin : most;

            DefaultBins[column] = Place(column, (byte)most);
            FirstBins[column + 1] = FirstBins[column] + ValueBins(column) + (HasMissing[column] ? 1 : 0);
        }
    }

    private int Place(int column, byte bin) => FirstBins[column] + (bin == MissingBin ? ValueBins(column) : bin);

    private void ListByRows(ParallelOptions parallel)
    {
        var chunks = (RowCount + ChunkRows - 1) / ChunkRows;
        Parallel.For(0, chunks, parallel, Count);
        for (var row = 0; row < RowCount; row++)
            EntryStarts[row + 1] += EntryStarts[row];

        Entries = new int[EntryStarts[RowCount]];
        Parallel.For(0, chunks, parallel, List);
    }

    private void Count(int chunk)
    {
        var first = chunk * ChunkRows;
        var counts = EntryStarts.AsSpan(1 + first, Math.Min(ChunkRows, RowCount - first));
        for (var column = 0; column < ColumnCount; column++)
        {
            var bins = _columns[column].AsSpan(first, counts.Length);
            var left = DefaultBin(column);
            for (var i = 0; i < bins.Length; i++)
                counts[i] += bins[i] != left ? 1 : 0;
        }
    }

    private void List(int chunk)
    {
        var first = chunk * ChunkRows;
        Span<int> next = EntryStarts.AsSpan(first, Math.Min(ChunkRows, RowCount - first)).ToArray();
        for (var column = 0; column < ColumnCount; column++)
        {
            var bins = _columns[column].AsSpan(first, next.Length);
            var left = DefaultBin(column);
            for (var i = 0; i < bins.Length; i++)
            {
                if (bins[i] != left)
                    Entries[next[i]++] = Place(column, bins[i]);
            }
        }
    }

    private byte DefaultBin(int column)
    {
        var bin = DefaultBins[column] - FirstBins[column];
        return bin == ValueBins(column) ? MissingBin : (byte)bin;
    }
}
