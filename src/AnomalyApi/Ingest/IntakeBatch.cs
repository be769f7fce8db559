using AnomalyApi.Flows.Formats;
using AnomalyApi.Storage.Writing;

namespace AnomalyApi.Ingest;

/// <summary>A batch that was read and is to be scored and stored, whatever way it came.</summary>
/// <param name="Target">Its flows and what was refused; stays the caller's.</param>
/// <param name="Format">Name of the format it came in, for the metrics.</param>
internal sealed record IntakeBatch(FlowReadTarget Target, string Format)
{
    /// <summary>What makes it recognisable when it is sent again; null when the sender gave nothing.</summary>
    public BatchKey? Key { get; init; }

    /// <summary>Words the answer, before the commit, since it is stored with the key. Null when nobody waits for one.</summary>
    public Func<IntakeOutcome, ReadOnlyMemory<byte>>? Answer { get; init; }
}
