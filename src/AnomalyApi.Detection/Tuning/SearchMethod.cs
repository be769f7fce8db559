namespace AnomalyApi.Detection.Tuning;

/// <summary>How options to try are taken from a search space.</summary>
public enum SearchMethod
{
    /// <summary>Drawn at random. Finds good values with fewer trials than a grid when only some options matter (Bergstra and Bengio, JMLR 13,
    /// 2012).</summary>
    Random,

    /// <summary>Every combination of evenly spaced values; when those are more than the trials, as many of them drawn at random.</summary>
    Grid,
}
