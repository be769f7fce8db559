namespace AnomalyApi.Detection.Detectors;

/// <summary>How <see cref="SupportVectorMachine"/> compares two rows.</summary>
public enum SupportVectorKernel
{
    /// <summary>exp(-gamma |x - y|^2): boundaries of any form, for up to some ten thousand rows.</summary>
    Rbf,

    /// <summary>The product of the rows: a straight boundary, fast for any number of rows.</summary>
    Linear,
}
