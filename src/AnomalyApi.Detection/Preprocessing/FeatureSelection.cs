namespace AnomalyApi.Detection.Preprocessing;

/// <summary>By which measure the columns worth keeping are chosen.</summary>
public enum FeatureSelection
{
    /// <summary>Variance in the fitted rows. Says something only before columns are scaled to the same variance, so it is measured
    /// there, after min-max scaling.</summary>
    Variance,

    /// <summary>Mutual information with the label. Needs labels.</summary>
    MutualInformation,

    /// <summary>How much a fitted detector loses when the column is shuffled. Needs labels, and the detector: only
    /// <see cref="PreparedDetector"/> selects by it.</summary>
    PermutationImportance,
}
