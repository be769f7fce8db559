namespace AnomalyApi.Detection.Files;

/// <summary>Bytes that are no model file this version can read: damaged, of another kind, or of an unknown version.</summary>
/// <param name="message">What was wrong and what is allowed.</param>
public sealed class ModelFileException(string message) : Exception(message);
