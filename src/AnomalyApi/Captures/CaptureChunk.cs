namespace AnomalyApi.Captures;

/// <summary>What became of ten thousand flows of a capture; stored with their key, so that a second reading counts the same.</summary>
/// <param name="Duplicates">Flows that another sensor had reported.</param>
/// <param name="Anomalies">Anomalies found.</param>
internal sealed record CaptureChunk(int Duplicates, int Anomalies);
