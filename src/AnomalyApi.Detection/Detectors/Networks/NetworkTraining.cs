namespace AnomalyApi.Detection.Detectors;

/// <summary>How a network is trained; the options of its detectors, less what only one of them has.</summary>
/// <param name="Epochs">Passes over the rows, at most.</param>
/// <param name="BatchSize">Rows to a step, at most.</param>
/// <param name="LearningRate">Length of the first step.</param>
/// <param name="HoldOut">Share of the rows that are kept for the decision to stop.</param>
/// <param name="Patience">Epochs without a better loss on those, after which training stops.</param>
/// <param name="WeightDecay">Share of a weight that is lost at a step, over the step's length.</param>
/// <param name="LeastSteps">Steps that the epochs, at most 1000, are raised to.</param>
internal sealed record NetworkTraining(
    int Epochs, int BatchSize, double LearningRate, double HoldOut, int Patience, double WeightDecay, int LeastSteps = 0)
{
    private const int MaxEpochs = 1000;

    /// <summary>The passes over the rows that <see cref="Epochs"/> and <see cref="LeastSteps"/> ask for.</summary>
    public int EpochsOf(int stepsPerEpoch) => Math.Max(Epochs, Math.Min(MaxEpochs, (LeastSteps + stepsPerEpoch - 1) / stepsPerEpoch));
}
