using AnomalyApi.Detection.Scoring;

namespace AnomalyApi.Detection.Detectors;

/// <summary>The bins of one column.</summary>
/// <param name="Low">Smallest fitted value.</param>
/// <param name="High">Largest fitted value.</param>
/// <param name="BinsPerUnit">Static bins: one over the width, 0 when the column is constant. Dynamic bins: 0.</param>
/// <param name="Ends">Dynamic bins: the largest float in every bin but the last. Null for static bins and for a single one.</param>
/// <param name="Scores">Logarithm of 1 / height of each bin; the last one is that of values outside.</param>
internal readonly record struct HistogramColumn(float Low, float High, float BinsPerUnit, SortedScores? Ends, float[] Scores)
{
    /// <summary>What the value adds to the score of a row; NaN adds nothing.</summary>
    public float ScoreOf(float value)
    {
        if (value >= Low && value <= High)
            return Scores[BinOf(value)];

        return float.IsNaN(value) ? 0 : Scores[^1];
    }

    /// <summary>Number of the bin of a value from low to high.</summary>
    public int BinOf(float value)
    {
        // The largest value belongs to the last bin.
        if (Ends is null)
            return Math.Min((int)((value - Low) * BinsPerUnit), Scores.Length - 2);

        return value > Ends.Largest ? Ends.Count : Ends.CountBelow(value);
    }
}
