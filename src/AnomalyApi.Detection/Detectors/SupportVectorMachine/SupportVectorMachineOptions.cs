using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Options of <see cref="SupportVectorMachine"/>.</summary>
public sealed record SupportVectorMachineOptions
{
    /// <summary>How rows are compared. The default is Rbf.</summary>
    [EnumDataType(typeof(SupportVectorKernel))]
    public SupportVectorKernel Kernel { get; init; }

    /// <summary>What a row on the wrong side of its margin costs, against a wide margin, from 1E-06 to 1000000. The default is 1.</summary>
    [Range(1e-6, 1e6)]
    public double Cost { get; init; } = 1;

    /// <summary>How much each class counts. The default is Balanced.</summary>
    [EnumDataType(typeof(ClassWeighting))]
    public ClassWeighting ClassWeighting { get; init; } = ClassWeighting.Balanced;

    /// <summary>Width of the kernel exp(-gamma |x - y|^2), from 0 to 1000000; 0 for 1 / (columns x variance of all values). Rbf only.
    /// The default is 0.</summary>
    [Range(0, RadialGamma.Largest)]
    public double Gamma { get; init; }

    /// <summary>Rows that are learnt from with Rbf, from 2 to 1000000. The default is 20000.</summary>
    /// <remarks>Of larger sets a random sample is taken: half of it for the rarer class if it has as many rows, the rest for the other.
    /// Costs are raised so that each class counts as much as it did in the whole set. Time grows with the square of this.</remarks>
    [Range(2, 1_000_000)]
    public int MaxRbfRows { get; init; } = 20_000;

    /// <summary>What the distance to the margin costs. Linear only. The default is SquaredHinge.</summary>
    [EnumDataType(typeof(SupportVectorLoss))]
    public SupportVectorLoss Loss { get; init; }

    /// <summary>Sweeps over all rows at most, from 1 to 100000. Linear only. The default is 100.</summary>
    [Range(1, 100_000)]
    public int MaxSweeps { get; init; } = 100;

    /// <summary>Largest violation of the optimum that may remain, from 1E-06 to 1. The default is 0.01.</summary>
    [Range(1e-6, 1)]
    public double Tolerance { get; init; } = 0.01;

    /// <summary>Megabytes that kept rows of the kernel matrix may take while fitting, from 1 to 8192. Rbf only. The default is 128.</summary>
    [Range(1, 8192)]
    public int CacheMegabytes { get; init; } = 128;
}
