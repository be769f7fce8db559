using AnomalyApi.Flows;

namespace AnomalyApi.Storage.Writing;

/// <summary>A batch to be stored in one piece: all of it or nothing.</summary>
public sealed record BatchToStore
{
    /// <summary>The flows, with their scores (NaN: unscored). Stays the caller's, and must not change until the commit's task completes.</summary>
    public required FlowBatch Flows { get; init; }

    /// <summary>Id of the first flow; the others follow it. Reserved from <see cref="IdSequence.Flow"/>.</summary>
    public required long FirstFlowId { get; init; }

    /// <summary>When the batch arrived, UTC. Becomes also the time of detection of its anomalies.</summary>
    public required DateTime ReceivedAt { get; init; }

    /// <summary>The name the batch got.</summary>
    public required string BatchId { get; init; }

    /// <summary>The model that scored the flows; null when none did.</summary>
    public int? ModelVersion { get; init; }

    /// <summary>Anomalies among the flows. Not empty only with a model version.</summary>
    public IReadOnlyList<AnomalyToStore> Anomalies { get; init; } = [];

    /// <summary>Flows of other batches, or of this one, that a sensor of this batch saw too.</summary>
    public IReadOnlyList<FlowSighting> Sightings { get; init; } = [];

    /// <summary>Records of the batch that were refused, for the counts.</summary>
    public int RejectedCount { get; init; }

    /// <summary>What makes it recognisable when it is sent again; null when the sender gave nothing.</summary>
    public BatchKey? Key { get; init; }

    /// <summary>Stored with the key, and returned when the batch is sent again.</summary>
    public ReadOnlyMemory<byte> Answer { get; init; }
}
