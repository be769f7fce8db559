namespace AnomalyApi.Flows.Formats.SuricataEve;

/// <summary>An alert, as far as it marks a flow.</summary>
/// <param name="Severity">1 is the most severe.</param>
/// <param name="Label">Label of the flow.</param>
internal readonly record struct EveAlert(int Severity, string Label);
