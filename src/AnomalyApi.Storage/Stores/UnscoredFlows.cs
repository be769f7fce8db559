using AnomalyApi.Flows;

namespace AnomalyApi.Storage.Stores;

/// <summary>Stored flows that have no score yet. Disposing gives the flows' arrays back.</summary>
/// <param name="Cursors">Where each flow stands; the last one is where reading goes on.</param>
/// <param name="Flows">The flows, in the same order.</param>
public sealed record UnscoredFlows(IReadOnlyList<FeedCursor> Cursors, FlowBatch Flows) : IDisposable
{
    /// <summary>When each flow was received, UTC.</summary>
    public required IReadOnlyList<DateTime> ReceivedAt { get; init; }

    /// <inheritdoc />
    public void Dispose() => Flows.Dispose();
}
