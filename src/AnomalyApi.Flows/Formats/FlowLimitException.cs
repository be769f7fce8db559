namespace AnomalyApi.Flows.Formats;

/// <summary>A batch holds more flows than it may; what was read of it is to be dropped.</summary>
/// <param name="message">Which limit was met.</param>
public sealed class FlowLimitException(string message) : Exception(message);
