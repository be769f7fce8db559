namespace AnomalyApi.Detection.Preprocessing;

/// <summary>What takes the place of a missing number.</summary>
public enum MissingValues
{
    /// <summary>Nothing: NaN stays, for detectors that take it.</summary>
    Keep,

    /// <summary>The median of the column in the rows the preparation was fitted on; 0 when all are missing.</summary>
    Median,

    /// <summary>A given number: <see cref="PreparationOptions.MissingConstant"/>.</summary>
    Constant,
}
