namespace AnomalyApi.Cli.Csv;

/// <summary>What one cell holds.</summary>
internal enum CellKind
{
    /// <summary>Nothing: the cell is empty or says so, as NaN, NA, N/A, null and ? do.</summary>
    Missing,

    /// <summary>A lone dash: nothing in a column of numbers, a category like any other in a column of texts.</summary>
    Dash,

    /// <summary>A finite number.</summary>
    Number,

    /// <summary>A number that no float holds.</summary>
    Infinite,

    /// <summary>Anything else.</summary>
    Text,
}
