namespace AnomalyApi.Detection.Detectors;

/// <summary>What a network is trained to make small. Thread-safe.</summary>
internal abstract unsafe class DenseLoss
{
    /// <summary>The sum of the rows' losses, and the derivative of each by the outputs.</summary>
    /// <param name="rows">Numbers of the rows in the block.</param>
    /// <param name="inputs">Layer 0 of the block.</param>
    /// <param name="outputs">The last layer of the block.</param>
    /// <param name="gradient">As the outputs; padding is zero before and must stay so. Null when it is not asked for.</param>
    public abstract double Evaluate(ReadOnlySpan<int> rows, float* inputs, float* outputs, float* gradient);
}
