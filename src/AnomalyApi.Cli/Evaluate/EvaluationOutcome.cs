using AnomalyApi.Cli.Evaluate.Data;

namespace AnomalyApi.Cli.Evaluate;

/// <summary>What an evaluation came to.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Table">The rows.</param>
/// <param name="Detectors">In the order they were asked for.</param>
/// <param name="Notes">What a reader of the figures should know, each in a few words.</param>
/// <param name="Elapsed">Time from the first byte read.</param>
internal sealed record EvaluationOutcome(
    EvaluateRequest Request, LabelledTable Table, IReadOnlyList<DetectorOutcome> Detectors, IReadOnlyList<string> Notes, TimeSpan Elapsed);
