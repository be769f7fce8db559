using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Fits a straight boundary: the least |w|^2 / 2 + sum of cost x loss, one row's multiplier after another.</summary>
/// <remarks>
/// Hsieh, Chang, Lin, Keerthi and Sundararajan, A Dual Coordinate Descent Method for Large-scale Linear SVM, ICML 2008: algorithm 3, with
/// rows visited in a new random order each sweep and rows that stay at a bound set aside (section 3.2). The intercept is the weight of a
/// column that is 1 everywhere, so it is held small as the other weights are.
/// </remarks>
internal sealed class DualCoordinateDescent
{
    private const int RowsBetweenChecks = 1024;

    private readonly FeatureMatrix _rows;
    private readonly sbyte[] _signs;
    private readonly double[] _upper;
    private readonly double[] _diagonal;
    private readonly double[] _curvatures;
    private readonly double[] _multipliers;
    private readonly double[] _weights;

    /// <param name="rows">Shape [n, d], values within <see cref="BoundedRows.Bound"/>.</param>
    /// <param name="signs">1 for an anomaly, -1 for a normal row.</param>
    /// <param name="costs">n costs, above 0.</param>
    public DualCoordinateDescent(FeatureMatrix rows, sbyte[] signs, ReadOnlySpan<double> costs, SupportVectorLoss loss)
    {
        _rows = rows;
        _signs = signs;
        _upper = new double[signs.Length];
        _diagonal = new double[signs.Length];
        _curvatures = new double[signs.Length];
        _multipliers = new double[signs.Length];
        _weights = new double[rows.ColumnCount];
        for (var row = 0; row < signs.Length; row++)
        {
            _upper[row] = loss == SupportVectorLoss.Hinge ? costs[row] : double.PositiveInfinity;
            _diagonal[row] = loss == SupportVectorLoss.Hinge ? 0 : 0.5 / costs[row];
            var squares = 1 + _diagonal[row];
            foreach (var value in rows.Row(row))
                squares += (double)value * value;

            _curvatures[row] = squares;
        }
    }

    /// <summary>One a column.</summary>
    public double[] Weights => _weights;

    public double Intercept { get; private set; }

    /// <summary>Multipliers alpha, 0 or more, one a row.</summary>
    public ReadOnlySpan<double> Multipliers => _multipliers;

    /// <summary>Sweeps until the largest violation is within the tolerance.</summary>
    /// <returns>Sweeps that were made.</returns>
    public int Solve(double tolerance, int mostSweeps, ulong seed, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var random = new SeededRandom(seed);
        var order = new int[_signs.Length];
        for (var row = 0; row < order.Length; row++)
            order[row] = row;

        // Of the sweep before: rows whose gradient is beyond them, and which are at the bound it pushes to, are set aside.
        double most = double.PositiveInfinity, least = double.NegativeInfinity;
        var active = order.Length;
        for (var sweep = 0; sweep < mostSweeps; sweep++)
        {
            progress?.Report((double)sweep / mostSweeps);
            random.Shuffle(order.AsSpan(0, active));
            double highest = double.NegativeInfinity, lowest = double.PositiveInfinity;
            for (var at = 0; at < active; at++)
            {
                if (at % RowsBetweenChecks == 0)
                    cancellationToken.ThrowIfCancellationRequested();

                var row = order[at];
                var gradient = Gradient(row);
                if ((_multipliers[row] == 0 && gradient > most) || (_multipliers[row] == _upper[row] && gradient < least))
                {
                    active--;
                    (order[at], order[active]) = (order[active], order[at]);
                    at--;
                    continue;
                }

                var violation = _multipliers[row] == 0 ? Math.Min(gradient, 0)
                    : _multipliers[row] == _upper[row] ? Math.Max(gradient, 0)
                    : gradient;
                highest = Math.Max(highest, violation);
                lowest = Math.Min(lowest, violation);
                if (violation != 0)
                    Move(row, gradient);
            }

            if (highest - lowest <= tolerance || active == 0)
            {
                if (active == order.Length)
                    return sweep + 1;

                // Those set aside must agree before it ends.
                active = order.Length;
                most = double.PositiveInfinity;
                least = double.NegativeInfinity;
                continue;
            }

            most = highest > 0 ? highest : double.PositiveInfinity;
            least = lowest < 0 ? lowest : double.NegativeInfinity;
        }

        return mostSweeps;
    }

    private double Gradient(int row) =>
        _signs[row] * (MixedProducts.Dot(_rows.Row(row), _weights) + Intercept) - 1 + _diagonal[row] * _multipliers[row];

    private void Move(int row, double gradient)
    {
        var before = _multipliers[row];
        _multipliers[row] = Math.Clamp(before - gradient / _curvatures[row], 0, _upper[row]);
        var step = (_multipliers[row] - before) * _signs[row];
        MixedProducts.Add(_rows.Row(row), step, _weights);
        Intercept += step;
    }
}
