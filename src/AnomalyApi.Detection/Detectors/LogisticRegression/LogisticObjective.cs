using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>What logistic regression makes small: the weighted mean loss of a row plus L2 / 2 times the squared weights.</summary>
/// <remarks>
/// A point is a weight for each standardised column, then the intercept, which is not penalised. Rows are not standardised in memory: the means
/// and scales go into the weights before a pass and into the sums after it. Rows are added up in fixed chunks, so the number of threads
/// changes nothing.
/// </remarks>
internal sealed class LogisticObjective
{
    private const int MaxChunks = 64;
    private const int MinChunkRows = 256;

    private readonly TrainingRows _rows;
    private readonly CancellationToken _token;
    private readonly ParallelOptions _parallel;
    private readonly double _l2;
    private readonly double _normalWeight;
    private readonly double _anomalyWeight;
    private readonly double[] _means;
    private readonly double[] _inverseScales;
    private readonly double[] _factors;
    private readonly double[][] _sums;
    private readonly double[] _losses;
    private readonly int _chunkRows;
    private double[] _curvatures;
    private double[] _trialCurvatures;

    public LogisticObjective(TrainingRows rows, ClassWeighting weighting, double l2, int maxThreads, CancellationToken token)
    {
        (_rows, _l2, _token) = (rows, l2, token);
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = maxThreads };
        _normalWeight = weighting.Weight(rows, RowLabel.Normal);
        _anomalyWeight = weighting.Weight(rows, RowLabel.Anomaly);
        _chunkRows = Math.Max(MinChunkRows, (rows.RowCount + MaxChunks - 1) / MaxChunks);
        _sums = new double[(rows.RowCount + _chunkRows - 1) / _chunkRows][];
        _losses = new double[_sums.Length];
        for (var chunk = 0; chunk < _sums.Length; chunk++)
            _sums[chunk] = new double[rows.ColumnCount + 1];

        _curvatures = new double[rows.RowCount];
        _trialCurvatures = new double[rows.RowCount];
        _factors = new double[rows.ColumnCount];
        _means = new double[rows.ColumnCount];
        _inverseScales = new double[rows.ColumnCount];
        Standardise();
    }

    /// <summary>Length of a point.</summary>
    public int Length => _means.Length + 1;

    /// <summary>Mean of each column.</summary>
    public ReadOnlySpan<double> Means => _means;

    /// <summary>The objective and its gradient at a point.</summary>
    public double Evaluate(ReadOnlySpan<double> point, Span<double> gradient)
    {
        var intercept = ToFactors(point);
        ForEachChunk((first, end, sums, chunk) =>
        {
            double loss = 0;
            for (var row = first; row < end; row++)
            {
                var values = _rows.Features.Row(row);
                var logOdds = WidenedRow.Dot(values, _factors) + intercept;
                var isAnomaly = _rows.Label(row) == RowLabel.Anomaly;
                var weight = isAnomaly ? _anomalyWeight : _normalWeight;

                // ln(1 + e^z) - z t, without an exponential that could overflow.
                var small = Math.Exp(-Math.Abs(logOdds));
                var probability = logOdds >= 0 ? 1 / (1 + small) : small / (1 + small);
                loss += weight * (Math.Max(logOdds, 0) - (isAnomaly ? logOdds : 0) + Math.Log(1 + small));
                _trialCurvatures[row] = weight * small / ((1 + small) * (1 + small));
                var slope = weight * (probability - (isAnomaly ? 1 : 0));
                WidenedRow.AddProduct(values, slope, sums);
                sums[^1] += slope;
            }

            _losses[chunk] = loss;
        });
        FromSums(point, gradient);
        double total = 0, squares = 0;
        foreach (var loss in _losses)
            total += loss;

        foreach (var weight in point[..^1])
            squares += weight * weight;

        return total / _rows.RowCount + _l2 / 2 * squares;
    }

    /// <summary>Makes the point evaluated last the one that <see cref="MultiplyHessian"/> is about.</summary>
    public void Accept() => (_curvatures, _trialCurvatures) = (_trialCurvatures, _curvatures);

    /// <summary>The matrix of second derivatives times a direction; one pass over the rows, the matrix is never formed.</summary>
    public void MultiplyHessian(ReadOnlySpan<double> direction, Span<double> product)
    {
        var intercept = ToFactors(direction);
        ForEachChunk((first, end, sums, _) =>
        {
            for (var row = first; row < end; row++)
            {
                var values = _rows.Features.Row(row);
                var bend = _curvatures[row] * (WidenedRow.Dot(values, _factors) + intercept);
                WidenedRow.AddProduct(values, bend, sums);
                sums[^1] += bend;
            }
        });
        FromSums(direction, product);
    }

    /// <summary>The same function of a row, for columns as they are.</summary>
    public (double[] Weights, double Intercept) ForRawColumns(ReadOnlySpan<double> point)
    {
        var intercept = ToFactors(point);
        return (_factors, intercept);
    }

    private void Standardise()
    {
        ForEachChunk((first, end, sums, _) =>
        {
            for (var row = first; row < end; row++)
                WidenedRow.AddProduct(_rows.Features.Row(row), 1, sums);
        });
        for (var column = 0; column < _means.Length; column++)
            _means[column] = Total(column) / _rows.RowCount;

        ForEachChunk((first, end, sums, _) =>
        {
            for (var row = first; row < end; row++)
            {
                var values = _rows.Features.Row(row);
                for (var column = 0; column < values.Length; column++)
                    sums[column] += (values[column] - _means[column]) * (values[column] - _means[column]);
            }
        });
        for (var column = 0; column < _means.Length; column++)
        {
            // Below the last digit of a float it is rounding of the mean, and the column is constant.
            var scale = Math.Sqrt(Total(column) / _rows.RowCount);
            _inverseScales[column] = scale > 1e-9 * Math.Abs(_means[column]) ? 1 / scale : 0;
        }
    }

    private double ToFactors(ReadOnlySpan<double> point)
    {
        var intercept = point[^1];
        for (var column = 0; column < _factors.Length; column++)
        {
            _factors[column] = point[column] * _inverseScales[column];
            intercept -= _factors[column] * _means[column];
        }

        return intercept;
    }

    private void FromSums(ReadOnlySpan<double> point, Span<double> derivatives)
    {
        var total = Total(_means.Length);
        for (var column = 0; column < _means.Length; column++)
            derivatives[column] = (Total(column) - _means[column] * total) * _inverseScales[column] / _rows.RowCount + _l2 * point[column];

        derivatives[^1] = total / _rows.RowCount;
    }

    private double Total(int column)
    {
        double total = 0;
        foreach (var sums in _sums)
            total += sums[column];

        return total;
    }

    private delegate void ChunkWork(int first, int end, Span<double> sums, int chunk);

    private void ForEachChunk(ChunkWork work)
    {
        _token.ThrowIfCancellationRequested();
        void Run(int chunk)
        {
            var sums = _sums[chunk].AsSpan();
            sums.Clear();
            if (!_token.IsCancellationRequested)
                work(chunk * _chunkRows, Math.Min(_rows.RowCount, (chunk + 1) * _chunkRows), sums, chunk);
        }

        if (_parallel.MaxDegreeOfParallelism > 1 && _sums.Length > 1)
        {
            Parallel.For(0, _sums.Length, _parallel, Run);
        }
        else
        {
            for (var chunk = 0; chunk < _sums.Length; chunk++)
                Run(chunk);
        }

        _token.ThrowIfCancellationRequested();
    }
}
