namespace AnomalyApi.Detection.Detectors;

/// <summary>How <see cref="OneClassSvm"/> finds its boundary.</summary>
public enum OneClassSolver
{
    /// <summary>Exact up to <see cref="OneClassSvmOptions.MaxExactRows"/> rows, Fourier above.</summary>
    Auto,

    /// <summary>Sequential minimal optimisation over all pairs of rows: time and scoring grow with the number of rows.</summary>
    Exact,

    /// <summary>A straight boundary between random Fourier features: time grows evenly with the rows, scoring does not grow.</summary>
    Fourier,
}
