using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>One-class support vector machine: the smallest region of a kernel's feature space that holds all but a share of the
/// rows.</summary>
/// <remarks>
/// Schoelkopf, Platt, Shawe-Taylor, Smola and Williamson, Estimating the Support of a High-Dimensional Distribution, Neural Computation 13,
/// 2001, with the kernel exp(-gamma |x - y|^2). Large sets take random Fourier features (Rahimi and Recht 2007) in place of the kernel.
/// Values too large for a finite distance are moved to the largest. Columns should have a common scale. Thread-safe.
/// </remarks>
public sealed class OneClassSvm : IDetector
{
    // 256 MB of mapped rows. More rows than fit are sampled: the boundary of a million rows hardly differs from that of 65,536.
    private const int MostMappedValues = 1 << 26;
    private const int MostSweeps = 50;
    private const int ChunkRows = 256;

    private readonly OneClassSvmOptions _options;

    /// <summary>Makes the detector; it can fit any number of models.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the text lists every fault.</exception>
    public OneClassSvm(OneClassSvmOptions options)
    {
        DetectorArguments.CheckOptions(options);
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => DetectorCatalog.OneClassSvmName;

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        DetectorArguments.CheckFit(rows, settings);
        cancellationToken.ThrowIfCancellationRequested();
        var features = BoundedRows.Copy(rows.Features);
        var gamma = RadialGamma.Choose(_options.Gamma, features);
        var isExact = _options.Solver == OneClassSolver.Exact
            || (_options.Solver == OneClassSolver.Auto && rows.RowCount <= _options.MaxExactRows);
        var model = isExact ? FitExact(features, gamma, settings, cancellationToken) : FitFourier(features, gamma, settings, cancellationToken);
        settings.Progress?.Report(1);
        return model;
    }

    private OneClassSvmModel FitExact(FeatureMatrix rows, double gamma, FitSettings settings, CancellationToken cancellationToken)
    {
        var kernel = new KernelRows(rows, gamma, _options.CacheMegabytes * (1L << 20));
        var upper = new double[rows.RowCount];
        upper.AsSpan().Fill(1);
        var solution = new SmoSolver(kernel, new double[rows.RowCount], new double[rows.RowCount], upper, Start(rows.RowCount))
            .Solve(_options.Tolerance, settings, cancellationToken);

        // Coefficients that add up to 1 make the sum comparable between sets of different size.
        var total = _options.Nu * rows.RowCount;
        var coefficients = Array.ConvertAll(solution.Coefficients, value => value / total);
        return new OneClassSvmModel(KernelExpansion.Of(rows, coefficients, gamma), -solution.Offset / total);
    }

    private OneClassSvmModel FitFourier(FeatureMatrix rows, double gamma, FitSettings settings, CancellationToken cancellationToken)
    {
        settings.Progress?.Report(0);
        var random = new SeededRandom(settings.Seed);
        var count = (_options.FourierFeatures + FourierFeatures.Step - 1) / FourierFeatures.Step * FourierFeatures.Step;
        var features = FourierFeatures.Draw(rows.ColumnCount, count, gamma, ref random);
        rows = Sample(rows, MostMappedValues / count, ref random);
        var mapped = Map(rows, features, settings.MaxThreads, cancellationToken);
        var solver = new LinearOneClassSolver(mapped, count, Start(rows.RowCount));
        solver.Solve(_options.Tolerance, MostSweeps, ref random, settings.Progress, cancellationToken);

        var total = _options.Nu * rows.RowCount;
        var weights = Array.ConvertAll(solver.Weights, value => value / total);
        return new OneClassSvmModel(new FourierExpansion(features, weights), Boundary(mapped, weights));
    }

    private static FeatureMatrix Sample(FeatureMatrix rows, int most, ref SeededRandom random)
    {
        var order = new int[rows.RowCount];
        for (var row = 0; row < order.Length; row++)
            order[row] = row;

        random.Shuffle<int>(order);
        return rows.Pick(order.AsSpan(0, Math.Min(most, order.Length)));
    }

    private static float[] Map(FeatureMatrix rows, FourierFeatures features, int maxThreads, CancellationToken cancellationToken)
    {
        var mapped = new float[rows.RowCount * features.Count];
        Parallel.For(
            0,
            (rows.RowCount + ChunkRows - 1) / ChunkRows,
            new ParallelOptions { MaxDegreeOfParallelism = maxThreads, CancellationToken = cancellationToken },
            () => new float[features.PairCount],
            (chunk, _, angles) =>
            {
                for (var row = chunk * ChunkRows; row < Math.Min(rows.RowCount, (chunk + 1) * ChunkRows); row++)
                    features.Map(rows.Row(row), mapped.AsSpan(row * features.Count, features.Count), angles);

                return angles;
            },
            _ => { });
        return mapped;
    }

    /// <summary>The value that the share of rows outside falls short of.</summary>
    private double Boundary(float[] mapped, double[] weights)
    {
        var values = new double[mapped.Length / weights.Length];
        for (var row = 0; row < values.Length; row++)
            values[row] = MixedProducts.Dot(mapped.AsSpan(row * weights.Length, weights.Length), weights);

        Array.Sort(values);
        return values[Math.Min((int)(_options.Nu * values.Length), values.Length - 1)];
    }

    /// <summary>As many rows at the upper bound as the share allows, and a rest on the next.</summary>
    private double[] Start(int rowCount)
    {
        var start = new double[rowCount];
        var left = _options.Nu * rowCount;
        for (var row = 0; row < rowCount && left > 0; row++, left--)
            start[row] = Math.Min(left, 1);

        return start;
    }
}
