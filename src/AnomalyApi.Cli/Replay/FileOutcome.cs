using AnomalyApi.Cli.Sending;

namespace AnomalyApi.Cli.Replay;

/// <summary>What became of one file.</summary>
/// <param name="Path">The file.</param>
/// <param name="File">What is in it.</param>
/// <param name="Totals">What the service made of it.</param>
/// <param name="Elapsed">How long sending took.</param>
internal sealed record FileOutcome(string Path, FlowFileSurvey File, SendTotals Totals, TimeSpan Elapsed)
{
    /// <summary>Flows a second, as the service answered them.</summary>
    public double FlowsPerSecond => (Totals.Accepted + Totals.Rejected) / Math.Max(Elapsed.TotalSeconds, 1e-6);
}
