using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Sampling;

/// <summary>Options of <see cref="Resampling"/>.</summary>
public sealed record ResamplingOptions
{
    /// <summary>What is done. The default is None.</summary>
    [EnumDataType(typeof(ResamplingMethod))]
    public ResamplingMethod Method { get; init; }

    /// <summary>Rows of the rarer label for each row of the commoner one that are aimed at, from 0.001 to 1. The default is 1.</summary>
    /// <remarks>Rows that are nearer to each other in number are left as they are.</remarks>
    [Range(0.001, 1)]
    public double Ratio { get; init; } = 1;

    /// <summary>Nearest rows of the same label among which one is chosen to make up a row towards, from 1 to 1000. Smote only. The default
    /// is 5.</summary>
    /// <remarks>All others when there are fewer.</remarks>
    [Range(1, 1000)]
    public int Neighbours { get; init; } = 5;
}
