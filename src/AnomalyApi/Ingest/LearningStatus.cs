namespace AnomalyApi.Ingest;

/// <summary>How far the service is from its first model.</summary>
/// <param name="State"><c>collecting</c> flows, <c>training</c> the first model, or <c>ready</c>.</param>
/// <param name="Have">Flows stored so far; not counted on once ready.</param>
/// <param name="Need">Flows that start the first training.</param>
internal sealed record LearningStatus(string State, long Have, long Need);
