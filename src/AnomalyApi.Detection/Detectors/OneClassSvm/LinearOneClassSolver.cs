using System.Numerics.Tensors;
using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Solves the one-class problem for straight boundaries by coordinate descent over pairs, without a kernel matrix.</summary>
/// <remarks>
/// The dual is that of the kernel machine: least |w|^2 / 2 with w = sum of b_i z_i, 0 &lt;= b_i &lt;= 1 and a given sum. Two coefficients
/// change at a time, because the sum is given; pairs are the worst within random blocks of rows (Chou, Lin and Lin, Dual Coordinate Descent
/// Methods for Linear One-Class SVM and SVDD, SDM 2020). A step takes one product with w a row, so time grows evenly with the rows.
/// </remarks>
internal sealed class LinearOneClassSolver
{
    private const int BlockRows = 128;
    private const int PairsOfBlock = 8;

    private readonly float[] _rows;
    private readonly int _width;
    private readonly double[] _coefficients;
    private readonly double[] _weights;
    private readonly double[] _wide;

    /// <summary>Begins with the coefficients that are given.</summary>
    /// <param name="rows">Shape [n, width], each row of length 1.</param>
    /// <param name="coefficients">n values in 0 to 1; their sum stays as it is.</param>
    public LinearOneClassSolver(float[] rows, int width, double[] coefficients)
    {
        _rows = rows;
        _width = width;
        _coefficients = coefficients;
        _weights = new double[width];
        _wide = new double[width];
        for (var row = 0; row < coefficients.Length; row++)
        {
            if (coefficients[row] != 0)
                MixedProducts.Add(Row(row), coefficients[row], _weights);
        }
    }

    /// <summary>w, as many as a row has values.</summary>
    public double[] Weights => _weights;

    /// <summary>Coefficients b, one a row.</summary>
    public ReadOnlySpan<double> Coefficients => _coefficients;

    /// <summary>Sweeps until no pair violates the optimum by more than the tolerance.</summary>
    public void Solve(
        double tolerance, int mostSweeps, ref SeededRandom random, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var order = new int[_coefficients.Length];
        for (var row = 0; row < order.Length; row++)
            order[row] = row;

        Span<double> values = stackalloc double[BlockRows];
        Span<int> rows = stackalloc int[BlockRows];
        for (var sweep = 0; sweep < mostSweeps; sweep++)
        {
            random.Shuffle<int>(order);
            double highest = double.NegativeInfinity, lowest = double.PositiveInfinity;
            for (var first = 0; first < order.Length; first += BlockRows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = Math.Min(BlockRows, order.Length - first);
                for (var k = 0; k < count; k++)
                {
                    rows[k] = order[first + k];
                    values[k] = MixedProducts.Dot(Row(rows[k]), _weights);
                    lowest = _coefficients[rows[k]] < 1 ? Math.Min(lowest, values[k]) : lowest;
                    highest = _coefficients[rows[k]] > 0 ? Math.Max(highest, values[k]) : highest;
                }

                values[..count].Sort(rows[..count]);
                Exchange(rows[..count]);
            }

            progress?.Report((double)(sweep + 1) / (mostSweeps + 1));
            if (highest - lowest <= tolerance)
                return;
        }
    }

    /// <summary>Moves weight from the rows deepest inside to those farthest outside.</summary>
    /// <param name="rows">In ascending order of their product with w.</param>
    private void Exchange(ReadOnlySpan<int> rows)
    {
        int up = 0, down = rows.Length - 1;
        for (var pair = 0; pair < PairsOfBlock; pair++)
        {
            while (up < down && _coefficients[rows[up]] >= 1)
                up++;

            while (up < down && _coefficients[rows[down]] <= 0)
                down--;

            if (up >= down)
                return;

            Exchange(rows[up], rows[down]);
            up++;
            down--;
        }
    }

    private void Exchange(int up, int down)
    {
        var difference = MixedProducts.Dot(Row(down), _weights) - MixedProducts.Dot(Row(up), _weights);
        if (difference <= 0)
            return;

        TensorPrimitives.ConvertChecked<float, double>(Row(up), _wide);
        var curvature = Math.Max(2 - 2 * MixedProducts.Dot(Row(down), _wide), SmoScan.LeastCurvature);
        var step = Math.Min(difference / curvature, Math.Min(1 - _coefficients[up], _coefficients[down]));
        _coefficients[up] = Math.Min(1, _coefficients[up] + step);
        _coefficients[down] = Math.Max(0, _coefficients[down] - step);
        MixedProducts.Add(Row(up), step, _weights);
        MixedProducts.Add(Row(down), -step, _weights);
    }

    private ReadOnlySpan<float> Row(int row) => _rows.AsSpan(row * _width, _width);
}
