using System.Runtime.Intrinsics.X86;

namespace AnomalyApi.Detection.Detectors;

/// <summary>The ways to walk rows down a tree. They add the same numbers in the same order, so their sums are equal to the last
/// bit.</summary>
internal enum IsolationKernel
{
    /// <summary>One row after another, as the formula reads. Takes the last few rows, and is what the others are compared with.</summary>
    Plain,

    /// <summary>Eight rows side by side, so that one waits for memory while the others go on. Runs everywhere.</summary>
    Interleaved,

    /// <summary>Sixty-four rows in four registers. Needs AVX-512.</summary>
    Vector,
}

/// <summary>Which kernels this machine has.</summary>
internal static class IsolationKernels
{
    /// <summary>The fastest one.</summary>
    /// <remarks>
    /// Machines with AVX2 alone take the interleaved walk: many of them gather in microcode, no faster than plain loads.
    /// </remarks>
    public static IsolationKernel Fastest => Avx512F.IsSupported && Avx2.IsSupported ? IsolationKernel.Vector : IsolationKernel.Interleaved;
}
