using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Principal components: the directions in which normal rows vary, and how far a row departs from them.</summary>
/// <remarks>
/// Shyu, Chen, Sarinnapakorn and Chang, A Novel Anomaly Detection Scheme Based on Principal Component Classifier, ICDM 2003, section 3 (whitened);
/// Jackson and Mudholkar, Technometrics 21, 1979 (reconstruction). Components are eigenvectors of the covariance, not of the correlation, so
/// the unit of a column matters. Rows without any spread have no directions: whitened, each direction then counts
/// as having a variance of 1E-12. The eigenvalue problem grows with the cube of the columns. Thread-safe.
/// </remarks>
public sealed class Pca : IDetector
{
    private const double ReconstructionShare = 0.95;

    private readonly PcaOptions _options;

    /// <summary>Makes the detector; it can fit any number of models.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the text lists every fault.</exception>
    public Pca(PcaOptions options)
    {
        DetectorArguments.CheckOptions(options);
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => DetectorCatalog.PcaName;

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        DetectorArguments.CheckFit(rows, settings);
        cancellationToken.ThrowIfCancellationRequested();
        var moments = Moments.Of(rows.Features, cancellationToken);
        settings.Progress?.Report(0.5);
        cancellationToken.ThrowIfCancellationRequested();

        var width = moments.Width;
        var axes = PrincipalAxes.Of(moments, cancellationToken);
        var variances = axes.Variances;

        // With every component kept nothing would be left to reconstruct.
        var kept = _options.Score == PcaScore.Whitened ? CountKept(variances) : Math.Min(CountKept(variances), Math.Max(1, width - 1));
        var (first, end) = _options.Score == PcaScore.Whitened ? (0, kept) : (kept, width);
        var floor = Math.Max(variances[0] * _options.VarianceFloor, PcaModel.LeastVariance);
        var factor = new float[(end - first) * width];
        for (var component = first; component < end; component++)
        {
            var axis = axes.Axis(component);
            var scale = _options.Score == PcaScore.Whitened ? 1 / Math.Sqrt(Math.Max(variances[component], floor)) : 1;
            for (var column = 0; column < width; column++)
                factor[(component - first) * width + column] = (float)(scale * axis[column]);
        }

        settings.Progress?.Report(1);
        return new PcaModel(_options.Score, kept, new SquaredProjection(Array.ConvertAll(moments.Mean, value => (float)value), factor));
    }

    private int CountKept(double[] variances)
    {
        if (_options.Components > 0)
            return Math.Min(_options.Components, variances.Length);

        var share = (_options.ExplainedVariance, _options.Score) switch
        {
            (> 0, _) => _options.ExplainedVariance,
            (_, PcaScore.Whitened) => 1,
            _ => ReconstructionShare,
        };
        if (share == 1)
            return variances.Length;

        var wanted = share * variances.Sum();
        var (kept, held) = (0, 0.0);
        while (kept < variances.Length && held < wanted)
            held += variances[kept++];

        // At least one, also when nothing varies.
        return Math.Max(kept, 1);
    }
}
