namespace AnomalyApi.Detection.Detectors;

/// <summary>How the scores of the members become one.</summary>
public enum BaggingCombination
{
    /// <summary>The mean of the scores, each member's brought to mean 0 and standard deviation 1 on training rows.</summary>
    MeanScore,

    /// <summary>The mean of the shares of training rows that a member scores lower: no member can outvote the others by the size of its
    /// scores.</summary>
    MeanRank,
}
