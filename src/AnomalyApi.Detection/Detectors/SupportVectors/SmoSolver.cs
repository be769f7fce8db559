namespace AnomalyApi.Detection.Detectors;

/// <summary>Sequential minimal optimisation of the problem behind both kernel machines: the least b'Kb / 2 + q'b with a given sum of b,
/// each b within its bounds.</summary>
/// <remarks>
/// <para>Pairs are chosen by second-order information: Fan, Chen and Lin, Working Set Selection Using Second Order Information for Training
/// Support Vector Machines, JMLR 6, 2005. The paper's y and alpha are joined here to one signed coefficient b = y alpha, which takes the
/// signs out of every loop. With F = -(Kb + q), the rows whose b may rise, and those whose b may fall, the solution is reached when
/// the largest F of the former exceeds the smallest of the latter by no more than the tolerance.</para>
/// <para>Rows at a bound are not set aside (shrinking): a pass over their slopes is vectorised and costs less than one kernel row.</para>
/// </remarks>
internal sealed class SmoSolver
{
    // A row of the matrix for four sources at a time; 64 panels are 1,024 lanes, 16 KB of values.
    private const int SourceRows = 4;
    private const int ChunkPanels = 64;
    private const int StepsBetweenReports = 256;

    private readonly KernelRows _kernel;
    private readonly double[] _lower;
    private readonly double[] _upper;
    private readonly double[] _coefficients;
    private readonly double[] _slopes;
    private readonly double[] _mayRise;
    private readonly double[] _mayFall;

    /// <summary>Takes over the arrays, each with one value a row.</summary>
    /// <param name="linear">q.</param>
    /// <param name="start">Where b begins, within its bounds.</param>
    public SmoSolver(KernelRows kernel, double[] linear, double[] lower, double[] upper, double[] start)
    {
        _kernel = kernel;
        _lower = lower;
        _upper = upper;
        _coefficients = start;

        // Lanes without a row may neither rise nor fall.
        _slopes = new double[kernel.Panels.LaneCount];
        _mayRise = new double[_slopes.Length];
        _mayFall = new double[_slopes.Length];
        _mayRise.AsSpan().Fill(double.NegativeInfinity);
        _mayFall.AsSpan().Fill(double.PositiveInfinity);
        for (var row = 0; row < linear.Length; row++)
        {
            _slopes[row] = -linear[row];
            Mark(row);
        }
    }

    /// <summary>Finds the solution.</summary>
    /// <param name="tolerance">Largest violation that may remain.</param>
    /// <param name="settings">Threads for the begin; the steps take one. Receives the progress, but not its end.</param>
    public SmoSolution Solve(double tolerance, FitSettings settings, CancellationToken cancellationToken)
    {
        settings.Progress?.Report(0);
        AddStart(settings.MaxThreads, cancellationToken);

        // No step, only the search.
        var (first, highest, lowest) = SmoScan.Move(_slopes, _mayRise, _mayFall, _kernel.Row(0), _kernel.Row(0), 0);
        var steps = 0;
        var report = 0.0;
        var begin = Math.Max(highest - lowest, tolerance);

        // So many that none is known to need them: the guard against a tolerance that rounding keeps out of reach.
        var most = 100_000 + 200L * _coefficients.Length;
        while (highest - lowest > tolerance && steps < most)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var up = _kernel.Row(first);
            var partner = SmoScan.Partner(_slopes, _mayFall, up, highest);
            if (partner < 0)
                break;

            var down = _kernel.Row(partner);
            var step = TakeStep(first, partner, up[partner]);
            (first, highest, lowest) = SmoScan.Move(_slopes, _mayRise, _mayFall, up, down, step);
            if (++steps % StepsBetweenReports == 0)
            {
                // The violation falls about as a power does, with steps up and down.
                var share = 1 - Math.Log(Math.Max(highest - lowest, tolerance) / tolerance) / Math.Log(begin / tolerance);
                report = Math.Clamp(share, report, 0.99);
                settings.Progress?.Report(report);
            }
        }

        return new SmoSolution(_coefficients, Offset(highest, lowest), steps);
    }

    /// <summary>Moves the two as far as lowers the objective and the bounds allow.</summary>
    private double TakeStep(int up, int down, float kernel)
    {
        var room = Math.Min(_upper[up] - _coefficients[up], _coefficients[down] - _lower[down]);
        var step = (_slopes[up] - _slopes[down]) / Math.Max(2 - 2 * (double)kernel, SmoScan.LeastCurvature);
        if (step < room)
        {
            _coefficients[up] = Math.Min(_coefficients[up] + step, _upper[up]);
            _coefficients[down] = Math.Max(_coefficients[down] - step, _lower[down]);
        }
        else
        {
            // Exactly to the bound, or a rest too small to matter would be chosen again and again.
            step = room;
            var upStops = _upper[up] - _coefficients[up] <= room;
            var downStops = _coefficients[down] - _lower[down] <= room;
            _coefficients[up] = upStops ? _upper[up] : Math.Min(_coefficients[up] + step, _upper[up]);
            _coefficients[down] = downStops ? _lower[down] : Math.Max(_coefficients[down] - step, _lower[down]);
        }

        Mark(up);
        Mark(down);
        return step;
    }

    private void Mark(int row)
    {
        _mayRise[row] = _coefficients[row] < _upper[row] ? 0 : double.NegativeInfinity;
        _mayFall[row] = _coefficients[row] > _lower[row] ? 0 : double.PositiveInfinity;
    }

    /// <summary>Subtracts Kb of the start from the slopes.</summary>
    private void AddStart(int maxThreads, CancellationToken cancellationToken)
    {
        var panels = _kernel.Panels.PanelCount;
        Parallel.For(
            0,
            (panels + ChunkPanels - 1) / ChunkPanels,
            new ParallelOptions { MaxDegreeOfParallelism = maxThreads, CancellationToken = cancellationToken },
            () => new float[SourceRows * ChunkPanels * Kernels.RowPanels.Width],
            (chunk, state, values) =>
            {
                var firstPanel = chunk * ChunkPanels;
                AddStart(firstPanel, Math.Min(ChunkPanels, panels - firstPanel), values, cancellationToken);
                return values;
            },
            _ => { });
    }

    private void AddStart(int firstPanel, int panelCount, float[] values, CancellationToken cancellationToken)
    {
        var lanes = panelCount * Kernels.RowPanels.Width;
        var slopes = _slopes.AsSpan(firstPanel * Kernels.RowPanels.Width, lanes);
        for (var row = 0; row < _coefficients.Length; row += SourceRows)
        {
            var count = Math.Min(SourceRows, _coefficients.Length - row);
            if (!_coefficients.AsSpan(row, count).ContainsAnyExcept(0))
                continue;

            cancellationToken.ThrowIfCancellationRequested();
            _kernel.Compute(row, count, firstPanel, panelCount, values.AsSpan(0, count * lanes));
            for (var source = 0; source < count; source++)
                Kernels.MixedProducts.Add(values.AsSpan(source * lanes, lanes), -_coefficients[row + source], slopes);
        }
    }

    /// <summary>Mean slope of the free rows; when none is free, the middle of what the bounds allow.</summary>
    private double Offset(double highest, double lowest)
    {
        var sum = 0.0;
        var free = 0;
        for (var row = 0; row < _coefficients.Length; row++)
        {
            if (_coefficients[row] > _lower[row] && _coefficients[row] < _upper[row])
            {
                sum += _slopes[row];
                free++;
            }
        }

        if (free > 0)
            return sum / free;

        // One of the two is infinite when every coefficient is at the same end.
        return double.IsFinite(highest) ? double.IsFinite(lowest) ? (highest + lowest) / 2 : highest : double.IsFinite(lowest) ? lowest : 0;
    }
}
