namespace AnomalyApi.Cli.Sending;

/// <summary>What one request carries.</summary>
/// <param name="Bytes">The body.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Flows">Flows in it.</param>
/// <param name="Labels">Ground truth of each flow, in order; empty when it cannot be told which line is which flow.</param>
/// <param name="LinesBefore">Lines of the body before the first flow.</param>
internal sealed record FlowBody(ReadOnlyMemory<byte> Bytes, string ContentType, int Flows, IReadOnlyList<string?> Labels, int LinesBefore);
