namespace AnomalyApi.Detection;

/// <summary>What one feature is, for people who read an explanation.</summary>
/// <param name="Name">Stable snake_case name, as in JSON and docs.</param>
/// <param name="Unit">Unit of the value, for example <c>ln(bytes + 1)</c>; empty for a plain number.</param>
/// <param name="Meaning">One sentence: what is measured, and what stands for a missing value.</param>
public sealed record FeatureDefinition(string Name, string Unit, string Meaning);
