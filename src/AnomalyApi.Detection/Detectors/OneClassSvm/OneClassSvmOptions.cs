using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Options of <see cref="OneClassSvm"/>.</summary>
public sealed record OneClassSvmOptions
{
    /// <summary>Share of the fitted rows that may lie outside the boundary, from 0.001 to 1. The default is 0.5.</summary>
    /// <remarks>At most this share is outside and at least this share becomes support vectors (proposition 3 of the paper). A large share
    /// follows the density of the rows and ranks better on most sets; a small one has fewer support vectors and scores faster. Where an
    /// anomaly begins is for the calibration to say, not for this.</remarks>
    [Range(0.001, 1)]
    public double Nu { get; init; } = 0.5;

    /// <summary>Width of the kernel exp(-gamma |x - y|^2), from 0 to 1000000; 0 for 1 / (columns x variance of all values). The default is 0.</summary>
    [Range(0, RadialGamma.Largest)]
    public double Gamma { get; init; }

    /// <summary>How the boundary is found. The default is Auto.</summary>
    [EnumDataType(typeof(OneClassSolver))]
    public OneClassSolver Solver { get; init; }

    /// <summary>Rows up to which Auto is exact, from 1 to 1000000. The default is 10000.</summary>
    [Range(1, 1_000_000)]
    public int MaxExactRows { get; init; } = 10_000;

    /// <summary>Random Fourier features, rounded up to a multiple of 32, from 32 to 8192. The default is 1024.</summary>
    [Range(32, 8192)]
    public int FourierFeatures { get; init; } = 1024;

    /// <summary>Largest violation of the optimum that may remain, from 1E-06 to 1. The default is 0.001.</summary>
    [Range(1e-6, 1)]
    public double Tolerance { get; init; } = 0.001;

    /// <summary>Megabytes that kept rows of the kernel matrix may take while fitting, from 1 to 8192. The default is 128.</summary>
    [Range(1, 8192)]
    public int CacheMegabytes { get; init; } = 128;
}
