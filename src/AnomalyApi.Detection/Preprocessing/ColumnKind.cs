namespace AnomalyApi.Detection.Preprocessing;

/// <summary>What the numbers of a column mean.</summary>
public enum ColumnKind
{
    /// <summary>A quantity; NaN stands for missing.</summary>
    Numeric,

    /// <summary>A category: its code, a whole number of 0 or more, as assigned by whoever read the rows; NaN stands for missing. Codes have no
    /// order.</summary>
    Categorical,
}
