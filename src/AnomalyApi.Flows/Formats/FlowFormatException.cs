namespace AnomalyApi.Flows.Formats;

/// <summary>The body as a whole cannot be read in its format, so no part of it was taken.</summary>
/// <param name="message">What was wrong and where, for the sensor's operator.</param>
public sealed class FlowFormatException(string message) : Exception(message);
