using AnomalyApi.Flows.Formats;

namespace AnomalyApi.Ingest;

/// <summary>A body that was read to its end.</summary>
/// <param name="Target">Its flows and what was refused.</param>
/// <param name="Format">Name of the format it is in, as named by the sender or recognised.</param>
/// <param name="BodyHash">SHA-256 of the body as it came, with an idempotency key only.</param>
internal sealed record ReadBatch(FlowReadTarget Target, string Format, byte[]? BodyHash);
