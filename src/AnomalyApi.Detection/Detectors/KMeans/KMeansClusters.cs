using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Rows parted among centres, and the centres moved to the middle of their rows.</summary>
/// <remarks>Lloyd, Least Squares Quantization in PCM, IEEE Transactions on Information Theory 28, 1982.</remarks>
internal sealed class KMeansClusters
{
    private readonly FeatureMatrix _rows;
    private readonly RowStripes _stripes;
    private readonly float[] _distances;
    private readonly int[] _nearest;
    private readonly Sums[] _parts;
    private FeatureMatrix _centres;
    private Sums _sums;

    public KMeansClusters(FeatureMatrix rows, FeatureMatrix centres, RowStripes stripes)
    {
        _rows = rows;
        _stripes = stripes;
        _centres = centres;
        _distances = new float[rows.RowCount];
        _nearest = new int[rows.RowCount];
        _parts = new Sums[stripes.AtOnce];
        for (var part = 0; part < _parts.Length; part++)
            _parts[part] = new Sums(centres);

        _sums = Assign();
    }

    /// <summary>Sum of the squared distances between rows and their centres.</summary>
    public double Inertia { get; private set; }

    /// <summary>Centres with their number of rows and the sum of their squared distances; without those that have no rows.</summary>
    public IEnumerable<(float[] Centre, int RowCount, double Squares)> Clusters =>
        from cluster in Enumerable.Range(0, _centres.RowCount)
        where _sums.Counts[cluster] > 0
        select (_centres.Row(cluster).ToArray(), _sums.Counts[cluster], _sums.Squares[cluster]);

    /// <summary>Moves every centre to the mean of its rows, and one without rows to the row that is furthest from its own.</summary>
    /// <returns>Share of the inertia that was saved; 1 when a centre without rows was moved.</returns>
    public double Move()
    {
        var refilled = FillEmpty();
        var centres = new FeatureMatrix(_centres.AsSpan().ToArray(), _centres.RowCount, _centres.ColumnCount);
        for (var cluster = 0; cluster < centres.RowCount; cluster++)
        {
            var centre = centres.Row(cluster);
            var sums = _sums.Of(cluster);
            for (var column = 0; column < centre.Length && _sums.Counts[cluster] > 0; column++)
                centre[column] = (float)(sums[column] / _sums.Counts[cluster]);
        }

        var before = Inertia;
        _centres = centres;
        _sums = Assign();
        return refilled ? 1 : before > 0 ? (before - Inertia) / before : 0;
    }

    private bool FillEmpty()
    {
        var filled = false;
        for (var empty = _sums.Counts.IndexOf(0); empty >= 0; empty = _sums.Counts.IndexOf(0))
        {
            // When every row is on its centre, there are more centres than different rows.
            var furthest = System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(_distances);
            if (_distances[furthest] == 0 || _sums.Counts[_nearest[furthest]] == 1)
                break;

            _sums.Add(_nearest[furthest], _rows.Row(furthest), -1);
            _sums.Add(empty, _rows.Row(furthest), 1);
            _nearest[furthest] = empty;
            _distances[furthest] = 0;
            filled = true;
        }

        return filled;
    }

    private Sums Assign()
    {
        var total = new Sums(_centres);
        var panels = new RowPanels(_centres);
        for (var wave = 0; wave < _stripes.Count; wave += _parts.Length)
        {
            var end = Math.Min(wave + _parts.Length, _stripes.Count);
            _stripes.Run(wave, end, (stripe, first, count) =>
            {
                var rows = _rows.AsSpan().Slice(first * _rows.ColumnCount, count * _rows.ColumnCount);
                var distances = _distances.AsSpan(first, count);
                var nearest = _nearest.AsSpan(first, count);
                NearestRow.Find(panels, rows, distances, nearest);
                var part = _parts[stripe - wave];
                for (var row = 0; row < count; row++)
                {
                    part.Add(nearest[row], rows.Slice(row * _rows.ColumnCount, _rows.ColumnCount), 1);
                    part.Squares[nearest[row]] += distances[row];
                }
            });

            // Always in the order of the stripes, whichever thread was first.
            for (var stripe = wave; stripe < end; stripe++)
                total.TakeFrom(_parts[stripe - wave]);
        }

        Inertia = 0;
        foreach (var squares in total.Squares)
            Inertia += squares;

        return total;
    }

    /// <summary>What is added up for each cluster.</summary>
    private sealed class Sums(FeatureMatrix centres)
    {
        private readonly double[] _values = new double[centres.RowCount * centres.ColumnCount];

        public int[] Counts { get; } = new int[centres.RowCount];

        public double[] Squares { get; } = new double[centres.RowCount];

        public Span<double> Of(int cluster) => _values.AsSpan(cluster * centres.ColumnCount, centres.ColumnCount);

        public void Add(int cluster, ReadOnlySpan<float> row, int times)
        {
            Counts[cluster] += times;
            var sums = Of(cluster);
            for (var column = 0; column < row.Length; column++)
                sums[column] += times * (double)row[column];
        }

        /// <summary>Adds another's sums and leaves that one empty.</summary>
        public void TakeFrom(Sums other)
        {
            for (var at = 0; at < _values.Length; at++)
                _values[at] += other._values[at];

            for (var cluster = 0; cluster < Counts.Length; cluster++)
            {
                Counts[cluster] += other.Counts[cluster];
                Squares[cluster] += other.Squares[cluster];
            }

            Array.Clear(other._values);
            Array.Clear(other.Counts);
            Array.Clear(other.Squares);
        }
    }
}
