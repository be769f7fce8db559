using AnomalyApi.Detection.Preprocessing;

namespace AnomalyApi.Cli.Evaluate.Data;

/// <summary>A column that is learned from.</summary>
internal sealed record FeatureColumn(string Name, ColumnKind Kind)
{
    /// <summary>The categories met so far, in all files; of a categorical column only.</summary>
    public TextCodes Categories { get; } = new();
}
