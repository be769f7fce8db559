using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Support vector machine: the boundary with the widest margin between normal and anomalous rows. Learns from labels.</summary>
/// <remarks>
/// Cortes and Vapnik, Support-Vector Networks, Machine Learning 20, 1995. With the radial kernel solved by sequential minimal optimisation
/// (<see cref="SupportVectorKernel.Rbf"/>), straight by dual coordinate descent (<see cref="SupportVectorKernel.Linear"/>). Rows of unknown
/// label are left out; values too large for a finite distance are moved to the largest. Columns should have a common scale. Thread-safe.
/// </remarks>
public sealed class SupportVectorMachine : IDetector
{
    private readonly SupportVectorMachineOptions _options;

    /// <summary>Makes the detector; it can fit any number of models.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the text lists every fault.</exception>
    public SupportVectorMachine(SupportVectorMachineOptions options)
    {
        DetectorArguments.CheckOptions(options);
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => DetectorCatalog.SupportVectorMachineName;

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        var labelled = DetectorArguments.CheckLabelledFit(rows, settings);
        var anomalies = labelled.Count(RowLabel.Anomaly);
        var anomalyCost = _options.Cost * Weight(labelled.RowCount, anomalies);
        var normalCost = _options.Cost * Weight(labelled.RowCount, labelled.RowCount - anomalies);
        var model = _options.Kernel == SupportVectorKernel.Linear
            ? FitLinear(labelled, normalCost, anomalyCost, settings, cancellationToken)
            : FitRbf(labelled, normalCost, anomalyCost, settings, cancellationToken);
        settings.Progress?.Report(1);
        return model;
    }

    private double Weight(int rows, int rowsOfClass) =>
        _options.ClassWeighting == ClassWeighting.Balanced ? rows / (2.0 * rowsOfClass) : 1;

    private SupportVectorMachineModel FitLinear(
        TrainingRows rows, double normalCost, double anomalyCost, FitSettings settings, CancellationToken cancellationToken)
    {
        var signs = Signs(rows);
        var costs = Array.ConvertAll(signs, sign => sign > 0 ? anomalyCost : normalCost);
        var descent = new DualCoordinateDescent(BoundedRows.Copy(rows.Features), signs, costs, _options.Loss);
        descent.Solve(_options.Tolerance, _options.MaxSweeps, settings.Seed, settings.Progress, cancellationToken);
        return new SupportVectorMachineModel(descent.Weights, descent.Intercept);
    }

    private SupportVectorMachineModel FitRbf(
        TrainingRows rows, double normalCost, double anomalyCost, FitSettings settings, CancellationToken cancellationToken)
    {
        var sample = SupportVectorSample.Take(rows, _options.MaxRbfRows, settings.Seed);
        var features = BoundedRows.Copy(sample.Rows.Features);
        var gamma = RadialGamma.Choose(_options.Gamma, features);
        var kernel = new KernelRows(features, gamma, _options.CacheMegabytes * (1L << 20));

        // Signed coefficients: 0 to cost for an anomaly, -cost to 0 for a normal row. They begin at 0, and so does their sum.
        var signs = Signs(sample.Rows);
        var linear = Array.ConvertAll(signs, sign => (double)-sign);
        var lower = Array.ConvertAll(signs, sign => sign > 0 ? 0 : -normalCost * sample.NormalWeight);
        var upper = Array.ConvertAll(signs, sign => sign > 0 ? anomalyCost * sample.AnomalyWeight : 0);
        var solution = new SmoSolver(kernel, linear, lower, upper, new double[signs.Length])
            .Solve(_options.Tolerance, settings, cancellationToken);
        return new SupportVectorMachineModel(KernelExpansion.Of(features, solution.Coefficients, gamma), solution.Offset);
    }

    private static sbyte[] Signs(TrainingRows rows)
    {
        var signs = new sbyte[rows.RowCount];
        for (var row = 0; row < signs.Length; row++)
            signs[row] = rows.Label(row) == RowLabel.Anomaly ? (sbyte)1 : (sbyte)-1;

        return signs;
    }
}
