namespace AnomalyApi.Detection.Scoring;

/// <summary>Finds where values heap up at the high end although their density should fall.</summary>
/// <remarks>
/// A falling density has a concave distribution function, so the least concave function above the empirical one (Grenander, Skandinavisk
/// Aktuarietidskrift 39, 1956) touches it but for chance, and is furthest above it where a heap begins. There is a heap when more than half of the values from
/// there on are too many for a falling density, by four standard deviations or more. Scores that many normal rows share, where a detector
/// cannot tell extremes apart, make a small heap too; hence the half.
/// </remarks>
internal static class ScoreHeap
{
    /// <summary>The value at which a heap begins; infinite when there is none.</summary>
    /// <param name="sorted">Ascending values of which the density should fall.</param>
    /// <param name="first">The first that may belong to a heap.</param>
    public static float Begin(ReadOnlySpan<float> sorted, int first)
    {
        // Corners of the least concave majorant: the first is where the values begin, and corner c lies at value c - 1, up to which there are c values.
        var corners = new List<int> { 0 };
        for (var i = 1; i <= sorted.Length; i++)
        {
            while (corners.Count > 1 && !IsConcave(sorted, corners[^2], corners[^1], i))
                corners.RemoveAt(corners.Count - 1);

            corners.Add(i);
        }

        var (begin, furthest) = (float.PositiveInfinity, 0.0);
        for (var corner = 1; corner < corners.Count; corner++)
        {
            var (from, to) = (corners[corner - 1], corners[corner]);
            var width = At(sorted, to) - At(sorted, from);
            for (var i = Math.Max(from, first); i < to && width > 0; i++)
            {
                if (i > 0 && sorted[i] == sorted[i - 1])
                    continue;

                // Just before value i there are i values.
                var distance = from + (to - from) * (sorted[i] - At(sorted, from)) / width - i;
                double beyond = sorted.Length - i;
                var chance = 4 * Math.Sqrt(beyond * (1 - beyond / sorted.Length));
                if (distance > Math.Max(chance, beyond / 2) && distance > furthest)
                    (begin, furthest) = (sorted[i], distance);
            }
        }

        return begin;
    }

    private static double At(ReadOnlySpan<float> sorted, int corner) => sorted[Math.Max(0, corner - 1)];

    private static bool IsConcave(ReadOnlySpan<float> sorted, int left, int middle, int right) =>
        (right - middle) * (At(sorted, middle) - At(sorted, left)) < (middle - left) * (At(sorted, right) - At(sorted, middle));
}
