using AnomalyApi.Storage.Rows;

namespace AnomalyApi.Traffic;

/// <summary>A stored flow with its score.</summary>
internal sealed record StoredFlowView : FlowView
{
    /// <summary>When the service stored it, UTC.</summary>
    public required DateTime ReceivedAt { get; init; }

    /// <summary>The first score it got, 0 to 100, kept for ever; null while unscored.</summary>
    public required float? Score { get; init; }

    /// <summary>The newest score, when it was scored again.</summary>
    public float? CurrentScore { get; init; }

    /// <summary>The model that gave the score.</summary>
    public required int? ModelVersion { get; init; }

    public static StoredFlowView Of(FlowRow row) => Fill(
        new StoredFlowView
        {
            Id = row.Id,
            Start = default,
            SrcIp = "",
            DstIp = "",
            Protocol = "",
            ReceivedAt = row.ReceivedAt,
            Score = row.Score,
            CurrentScore = row.CurrentScore,
            ModelVersion = row.ModelVersion,
        },
        row);
}
