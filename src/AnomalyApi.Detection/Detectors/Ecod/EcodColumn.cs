using AnomalyApi.Detection.Scoring;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Tail scores of one column, -ln of the share of rows at most, or at least, a value. Immutable.</summary>
/// <remarks>Between two kept values the shares are those of the nearest one further out, so thinning makes a value look a little rarer, never
/// more common.</remarks>
internal sealed class EcodColumn
{
    private readonly SortedScores _knots;

    /// <param name="knots">Kept values, different and ascending, at least 1.</param>
    /// <param name="left">One score more than knots: of values that have so many knots at or below them.</param>
    /// <param name="right">One score more than knots: of values that have so many knots below them.</param>
    /// <param name="isSkewedLeft">Whether the long tail is the left one.</param>
    public EcodColumn(float[] knots, float[] left, float[] right, bool isSkewedLeft)
    {
        _knots = new SortedScores(knots);
        Left = left;
        Right = right;
        IsSkewedLeft = isSkewedLeft;
    }

    public ReadOnlySpan<float> Knots => _knots.Values;

    public float[] Left { get; }

    public float[] Right { get; }

    public bool IsSkewedLeft { get; }

    /// <summary>Adds what the value is worth to the three sums; NaN adds nothing.</summary>
    public void Add(float value, ref float left, ref float right, ref float skewed)
    {
        if (float.IsNaN(value))
            return;

        int below, atMost;
        if (value > _knots.Largest)
        {
            below = atMost = _knots.Count;
        }
        else
        {
            below = _knots.CountBelow(value);
            atMost = below + (_knots.Values[below] == value ? 1 : 0);
        }

        left += Left[atMost];
        right += Right[below];
        skewed += IsSkewedLeft ? Left[atMost] : Right[below];
    }
}
