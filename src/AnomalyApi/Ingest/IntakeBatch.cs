using AnomalyApi.Flows;
using AnomalyApi.Storage.Writing;

namespace AnomalyApi.Ingest;

/// <summary>A batch that was read and is to be scored and stored, whatever way it came.</summary>
/// <param name="Flows">Stays the caller's, and unchanged but for what the service adds to each flow: score, direction, Community ID.</param>
/// <param name="Format">Name of the format it came in, for the metrics.</param>
internal sealed record IntakeBatch(FlowBatch Flows, string Format)
{
    /// <summary>Records that were refused while it was read, for the counts.</summary>
    public int RejectedCount { get; init; }

    /// <summary>What makes it recognisable when it is sent again; null when the sender gave nothing.</summary>
    public BatchKey? Key { get; init; }

    /// <summary>Words the answer, before the commit, since it is stored with the key. Null when nobody waits for one.</summary>
    public Func<IntakeOutcome, ReadOnlyMemory<byte>>? Answer { get; init; }
}
