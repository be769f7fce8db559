namespace AnomalyApi.Detection;

/// <summary>The features a model was fitted on: their order, names and units. Immutable.</summary>
/// <param name="Version">Stable name of the schema, for example <c>flow-v1</c>. A change of order or meaning is a new version.</param>
/// <param name="Features">One definition for each column, in column order.</param>
public sealed record FeatureSchema(string Version, IReadOnlyList<FeatureDefinition> Features)
{
    /// <summary>Number of columns of a matrix in this schema.</summary>
    public int Count => Features.Count;
}
