using System.Runtime.Intrinsics;

namespace AnomalyApi.Detection.Kernels;

/// <summary>The ways to compute <see cref="SquaredDistances"/>. They add the same numbers in the same order, so their results are equal
/// to the last bit.</summary>
internal enum DistanceKernel
{
    /// <summary>One number after another, as the formula reads. It is what the others are compared with.</summary>
    Scalar,

    /// <summary>Eight reference rows in a vector. Runs everywhere; fast with AVX2 and FMA.</summary>
    Vector256,

    /// <summary>Sixteen reference rows in a vector. Fast with AVX-512.</summary>
    Vector512,
}

/// <summary>Which kernels this machine has.</summary>
internal static class DistanceKernels
{
    /// <summary>The fastest one.</summary>
    public static DistanceKernel Fastest =>
        Vector512.IsHardwareAccelerated ? DistanceKernel.Vector512
        : Vector128.IsHardwareAccelerated ? DistanceKernel.Vector256
        : DistanceKernel.Scalar;
}
