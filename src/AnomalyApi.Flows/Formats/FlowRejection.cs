namespace AnomalyApi.Flows.Formats;

/// <summary>Why one line was not taken.</summary>
/// <param name="Line">Line of the body, from 1; for a JSON array the element, from 1.</param>
/// <param name="Reason">What was wrong and what is allowed, for the sensor's operator.</param>
public sealed record FlowRejection(int Line, string Reason);
