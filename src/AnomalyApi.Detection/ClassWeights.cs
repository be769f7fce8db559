namespace AnomalyApi.Detection;

/// <summary>The weights that <see cref="ClassWeighting"/> names.</summary>
internal static class ClassWeights
{
    /// <summary>How much a row of that label counts.</summary>
    /// <param name="rows">Rows of which both labels are known and none is unknown.</param>
    public static double Weight(this ClassWeighting weighting, TrainingRows rows, RowLabel label) =>
        weighting == ClassWeighting.Balanced ? rows.RowCount / (2.0 * rows.Count(label)) : 1;
}
