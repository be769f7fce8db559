namespace AnomalyApi.Detection.Detectors;

/// <summary>The weighted cross-entropy of labels and the one output, which is their log-odds.</summary>
internal sealed unsafe class LogisticLoss(TrainingRows rows, ClassWeighting weighting, DenseShape shape) : DenseLoss
{
    private readonly int _padded = shape.Padded(shape.Last);
    private readonly double _normalWeight = weighting.Weight(rows, RowLabel.Normal);
    private readonly double _anomalyWeight = weighting.Weight(rows, RowLabel.Anomaly);

    /// <inheritdoc/>
    public override double Evaluate(ReadOnlySpan<int> chunk, float* inputs, float* outputs, float* gradient)
    {
        double sum = 0;
        for (var row = 0; row < chunk.Length; row++)
        {
            double logOdds = outputs[row * _padded];
            var isAnomaly = rows.Label(chunk[row]) == RowLabel.Anomaly;
            var weight = isAnomaly ? _anomalyWeight : _normalWeight;

            // ln(1 + e^z) - z t, without an exponential that could overflow.
            var small = Math.Exp(-Math.Abs(logOdds));
            sum += weight * (Math.Max(logOdds, 0) - (isAnomaly ? logOdds : 0) + Math.Log(1 + small));
            if (gradient != null)
            {
                var probability = logOdds >= 0 ? 1 / (1 + small) : small / (1 + small);
                gradient[row * _padded] = (float)(weight * (probability - (isAnomaly ? 1 : 0)));
            }
        }

        return sum;
    }
}
