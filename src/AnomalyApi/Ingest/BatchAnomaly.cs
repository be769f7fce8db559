using System.Text.Json.Serialization;
using AnomalyApi.Detection.Scoring;

namespace AnomalyApi.Ingest;

/// <summary>An anomaly found in a batch.</summary>
internal sealed record BatchAnomaly
{
    /// <summary>Id for <c>GET /v1/anomalies/{id}</c>; absent when nothing is stored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Id { get; init; }

    /// <summary>Line of the body, from 1; for a JSON array the element.</summary>
    public required int Line { get; init; }

    /// <summary>0 to 100: 30 means that one normal flow in a thousand scores as high, 40 one in ten thousand.</summary>
    public required float Score { get; init; }

    /// <summary>How bad that is.</summary>
    public required Severity Severity { get; init; }
}
