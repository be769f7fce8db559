namespace AnomalyApi.Cli.Replay;

/// <summary>What is in a file of flows.</summary>
/// <param name="Format">The format that reads it.</param>
/// <param name="Flows">Flows in it.</param>
/// <param name="Rejected">Records that were not understood.</param>
/// <param name="Reason">Why the first was not; null when all were.</param>
/// <param name="Skipped">Records that were understood and are no flows.</param>
/// <param name="First">Earliest start, UTC microseconds since 1970.</param>
/// <param name="Last">Latest start.</param>
internal sealed record FlowFileSurvey(string Format, long Flows, int Rejected, string? Reason, long Skipped, long First, long Last);
