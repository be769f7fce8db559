namespace AnomalyApi.Flows.Formats;

/// <summary>A packed body unpacks to more than it may; nothing of it was taken.</summary>
/// <param name="message">Which limit was met.</param>
public sealed class BodyTooLargeException(string message) : Exception(message);
