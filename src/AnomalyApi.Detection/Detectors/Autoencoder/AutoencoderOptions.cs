using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Options of <see cref="Autoencoder"/>.</summary>
/// <remarks>A model takes 4 bytes a weight: 2 x Hidden x (columns + Bottleneck) of them.</remarks>
public sealed record AutoencoderOptions
{
    /// <summary>Width of the layers before and after the narrow one, from 0 to 1024; 0 leaves them out. The default is 64.</summary>
    [Range(0, 1024)]
    public int Hidden { get; init; } = 64;

    /// <summary>Width of the narrow layer, from 1 to 1024. The default is 12.</summary>
    /// <remarks>It must be narrower than the rows are, or the network learns to copy anything.</remarks>
    [Range(1, 1024)]
    public int Bottleneck { get; init; } = 12;

    /// <summary>Passes over the rows, at most, from 1 to 1000. The default is 50; <see cref="LeastSteps"/> may ask for more.</summary>
    [Range(1, 1000)]
    public int Epochs { get; init; } = 50;

    /// <summary>Steps that <see cref="Epochs"/> is raised to, to 1000 at most, when rows are few, from 0 to 1000000.
    /// The default is 9000.</summary>
    /// <remarks>Steps, not passes, are what a network learns by: 50 passes over 14,570 rows of UNSW-NB15 are 2,600 of them, and the error of
    /// held-out rows is then twice what it is after 9,000. NSL-KDD has as many in 50 passes. <see cref="Patience"/> ends a fit earlier.</remarks>
    [Range(0, 1_000_000)]
    public int LeastSteps { get; init; } = 9000;

    /// <summary>Rows to a step, from 16 to 4096; fewer when there are under 32 times as many. The default is 256.</summary>
    [Range(16, 4096)]
    public int BatchSize { get; init; } = 256;

    /// <summary>Length of the first step, from 0.0001 to 0.1; steps shrink to zero over the epochs. The default is 0.003.</summary>
    [Range(0.0001, 0.1)]
    public double LearningRate { get; init; } = 0.003;

    /// <summary>Share of the rows kept aside for the decision to stop, from 0 to 0.5. With fewer than 4 of them, or at 0, the fitted rows
    /// decide. The default is 0.1.</summary>
    [Range(0, 0.5)]
    public double HoldOut { get; init; } = 0.1;

    /// <summary>Epochs without a smaller error on the rows kept aside, after which the fit ends, from 1 to 1000. The default is 10.</summary>
    [Range(1, 1000)]
    public int Patience { get; init; } = 10;
}
