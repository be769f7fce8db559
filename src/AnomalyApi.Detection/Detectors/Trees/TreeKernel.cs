using System.Runtime.Intrinsics;

namespace AnomalyApi.Detection.Detectors;

/// <summary>The ways to evaluate trees. They add the same numbers in the same order, so their sums are equal to the last bit.</summary>
internal enum TreeKernel
{
    /// <summary>One row after another, as the definition reads.</summary>
    Plain,

    /// <summary>Eight rows side by side, so that one waits for memory while the others go on. Runs everywhere, for trees of any size.</summary>
    Interleaved,

    /// <summary>All comparisons of a tree for sixty-four rows at once. Needs vectors of 256 bits or more.</summary>
    Vector,
}

/// <summary>Which kernels this machine has.</summary>
internal static class TreeKernels
{
    /// <summary>The fastest one; where trees are too large for vectors it walks.</summary>
    public static TreeKernel Fastest => Vector256.IsHardwareAccelerated ? TreeKernel.Vector : TreeKernel.Interleaved;
}
