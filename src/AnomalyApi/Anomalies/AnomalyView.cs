using AnomalyApi.Detection.Scoring;
using AnomalyApi.Storage.Rows;
using AnomalyApi.Traffic;

namespace AnomalyApi.Anomalies;

/// <summary>A flow whose score reached the threshold.</summary>
internal sealed record AnomalyView
{
    /// <summary>Id of the anomaly.</summary>
    public required long Id { get; init; }

    /// <summary>When the service found it, UTC.</summary>
    public required DateTime DetectedAt { get; init; }

    /// <summary>The flow itself, kept as long as the anomaly.</summary>
    public required FlowView Flow { get; init; }

    /// <summary>-10 log10(p), 0 to 100: 30 means that one normal flow in a thousand scores as high.</summary>
    public required float Score { get; init; }

    /// <summary>Share of normal traffic that scores at least as high.</summary>
    public required double PValue { get; init; }

    /// <summary>How bad the score is.</summary>
    public required Severity Severity { get; init; }

    /// <summary>The model that scored it.</summary>
    public required int ModelVersion { get; init; }

    /// <summary>The score from which a flow was an anomaly then.</summary>
    public required float Threshold { get; init; }

    /// <summary>Who recorded the flow.</summary>
    public required string? Sensor { get; init; }

    /// <summary><c>new</c> until somebody looks at it.</summary>
    public required string Status { get; init; }

    /// <summary>Why.</summary>
    public required AnomalyExplanation Explanation { get; init; }

    public static AnomalyView Of(AnomalyRow row) => new()
    {
        Id = row.Id,
        DetectedAt = row.DetectedAt,
        Flow = FlowView.Of(row.FlowId, row),
        Score = row.Score,
        PValue = row.PValue,
        Severity = (Severity)row.Severity,
        ModelVersion = row.ModelVersion,
        Threshold = row.Threshold,
        Sensor = row.Sensor,
        Status = row.Status,
        Explanation = AnomalyExplanation.Read(row.Explanation),
    };
}
