using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Options of <see cref="NeuralNetwork"/>.</summary>
/// <remarks>A model takes 4 bytes a weight: FirstLayer x (columns + SecondLayer) + SecondLayer of them.</remarks>
public sealed record NeuralNetworkOptions
{
    /// <summary>Width of the first hidden layer, from 1 to 1024. The default is 128.</summary>
    [Range(1, 1024)]
    public int FirstLayer { get; init; } = 128;

    /// <summary>Width of the second hidden layer, from 0 to 1024; 0 leaves it out. The default is 64.</summary>
    [Range(0, 1024)]
    public int SecondLayer { get; init; } = 64;

    /// <summary>Passes over the rows, at most, from 1 to 1000. The default is 30.</summary>
    [Range(1, 1000)]
    public int Epochs { get; init; } = 30;

    /// <summary>Rows to a step, from 16 to 4096; fewer when there are under 32 times as many. The default is 256.</summary>
    [Range(16, 4096)]
    public int BatchSize { get; init; } = 256;

    /// <summary>Length of the first step, from 0.0001 to 0.1; steps shrink to zero over the epochs. The default is 0.001.</summary>
    [Range(0.0001, 0.1)]
    public double LearningRate { get; init; } = 0.001;

    /// <summary>Share of a weight that is lost at a step, over the step's length, from 0 to 1. The default is 0.01.</summary>
    [Range(0, 1)]
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Share of the rows kept aside for the decision to stop, from 0 to 0.5. With fewer than 4 of them, or at 0, the fitted rows
    /// decide. The default is 0.1.</summary>
    [Range(0, 0.5)]
    public double HoldOut { get; init; } = 0.1;

    /// <summary>Epochs without a smaller loss on the rows kept aside, after which the fit ends, from 1 to 1000. The default is 10.</summary>
    [Range(1, 1000)]
    public int Patience { get; init; } = 10;

    /// <summary>How much the rows of each class count. The default is Balanced.</summary>
    public ClassWeighting ClassWeighting { get; init; } = ClassWeighting.Balanced;
}
