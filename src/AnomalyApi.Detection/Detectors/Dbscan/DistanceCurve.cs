namespace AnomalyApi.Detection.Detectors;

/// <summary>The sorted distances of all rows to their k-th neighbour, which stay low inside clusters and turn up in the noise.</summary>
internal static class DistanceCurve
{
    /// <summary>Value at the knee: the point furthest below the chord from the first to the last.</summary>
    /// <remarks>
    /// Ester et al. 1996, section 4.2, where the user finds the "first valley" by eye; Satopaa, Albrecht, Irwin and Raghavan, Finding a
    /// "Kneedle" in a Haystack, ICDCSW 2011, for the chord. Scaling an axis does not move the point, so heights are compared as they are.
    /// Of equal ones the first counts; on a straight line that is the lowest value.
    /// </remarks>
    /// <param name="ascending">At least one, finite.</param>
    public static float Knee(ReadOnlySpan<float> ascending)
    {
        var knee = 0;
        var largest = 0.0;
        double first = ascending[0], rise = ascending[^1] - first;
        for (var i = 1; i < ascending.Length; i++)
        {
            var belowChord = first + rise * i / (ascending.Length - 1) - ascending[i];
            if (belowChord > largest)
            {
                largest = belowChord;
                knee = i;
            }
        }

        return ascending[knee];
    }
}
