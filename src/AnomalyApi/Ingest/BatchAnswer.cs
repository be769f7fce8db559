using System.Text.Json.Serialization;
using AnomalyApi.Flows.Formats;

namespace AnomalyApi.Ingest;

/// <summary>What became of a batch.</summary>
internal sealed record BatchAnswer
{
    /// <summary>Name of the stored batch; absent when nothing is stored (<c>POST /v1/scores</c>).</summary>
    /// <example>b2f8a1</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? BatchId { get; init; }

    /// <summary>The format that read the body: the one that Content-Type names, or the one its first bytes show.</summary>
    /// <example>ndjson</example>
    public required string Format { get; init; }

    /// <summary>Lines that were there: accepted and rejected.</summary>
    /// <example>1000</example>
    public required int Received { get; init; }

    /// <summary>Flows that were taken.</summary>
    /// <example>999</example>
    public required int Accepted { get; init; }

    /// <summary>Of the accepted flows, those that another sensor of the group had reported: they are stored and counted once. Absent when there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Duplicates { get; init; }

    /// <summary>Lines that were not.</summary>
    /// <example>1</example>
    public required int Rejected { get; init; }

    /// <summary>The first 100 rejected lines and why.</summary>
    public required IReadOnlyList<FlowRejection> Rejections { get; init; }

    /// <summary>Records that were understood and are no flows, counted by kind, such as other events of a log; absent when there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, int>? Skipped { get; init; }

    /// <summary>Flows that got a score: all accepted ones but duplicates, or none while the first model is being learned.</summary>
    /// <example>999</example>
    public required int Scored { get; init; }

    /// <summary>Flows whose score reached the threshold; absent with <c>scores=none</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<BatchAnomaly>? Anomalies { get; init; }

    /// <summary>With <c>scores=all</c>: one score for each accepted flow in order, 0 to 100; null while learning, and for a duplicate.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<float?>? Scores { get; init; }

    /// <summary>Score from which a flow is an anomaly; null while learning.</summary>
    /// <example>30</example>
    public required float? Threshold { get; init; }

    /// <summary>The one model version that scored the whole batch; null while learning.</summary>
    /// <example>3</example>
    public required int? ModelVersion { get; init; }

    /// <summary>How far the service is from its first model.</summary>
    public required LearningStatus LearningStatus { get; init; }
}
