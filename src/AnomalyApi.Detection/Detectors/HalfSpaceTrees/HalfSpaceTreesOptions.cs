using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Options of <see cref="HalfSpaceTrees"/>.</summary>
/// <remarks>A model takes 12 bytes x Trees x 2^(Depth + 1): 600 KB by default.</remarks>
public sealed record HalfSpaceTreesOptions
{
    /// <summary>Number of trees, from 1 to 200. The default is 25, as in the paper.</summary>
    [Range(1, 200)]
    public int Trees { get; init; } = 25;

    /// <summary>Levels of cuts, from 1 to 15. The default is 10; the paper has 15, for 32 times the memory.</summary>
    [Range(1, 15)]
    public int Depth { get; init; } = 10;

    /// <summary>Share of the reference rows at or below which a node is not looked into, from 0 to 1. The default is 0.1, as in the
    /// paper.</summary>
    [Range(0.0, 1.0)]
    public double SizeLimit { get; init; } = 0.1;
}
