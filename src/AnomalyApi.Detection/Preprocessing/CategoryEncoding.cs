namespace AnomalyApi.Detection.Preprocessing;

/// <summary>How a category becomes numbers.</summary>
public enum CategoryEncoding
{
    /// <summary>A column of 0 and 1 for each category of the fitted rows, and one more that is 1 for a category never seen there, and for
    /// a missing one.</summary>
    OneHot,

    /// <summary>One column: the share of the fitted rows with that category, 0 for one never seen there and for a missing one.</summary>
    Frequency,
}
