namespace AnomalyApi.Platform.Configuration;

/// <summary>A setting that stops the start.</summary>
/// <param name="message">The offending key and what is allowed.</param>
internal sealed class ConfigurationException(string message) : Exception(message);
