namespace AnomalyApi.Cli.Evaluate;

/// <summary>What is done to numbers before a detector sees them. The names are what users type.</summary>
internal enum PreparationKind
{
    Default,
    Standard,
    MinMax,
    Robust,
    None,
}
