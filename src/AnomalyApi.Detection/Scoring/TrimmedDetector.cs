namespace AnomalyApi.Detection.Scoring;

/// <summary>A detector for rows among which a few attacks may hide: fits, leaves out the most anomalous share of the rows, and fits again.
/// Thread-safe.</summary>
/// <param name="inner">The detector.</param>
/// <param name="share">Share of the rows left out, 0 to 0.5; a little more than the share of attacks that is feared.</param>
public sealed class TrimmedDetector(IDetector inner, double share) : IDetector
{
    /// <summary>The name of the detector inside.</summary>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        var first = inner.Fit(rows, settings, cancellationToken);
        var scores = new float[rows.RowCount];
        first.Score(rows.Features, scores);
        int[] order = [.. Enumerable.Range(0, scores.Length)];
        Array.Sort(scores, order);
        var kept = order.AsSpan(0, Math.Max(1, rows.RowCount - (int)(share * rows.RowCount)));
        kept.Sort();
        return inner.Fit(rows.Pick(kept), settings, cancellationToken);
    }
}
