namespace AnomalyApi.Storage.Rows;

/// <summary>A stored flow.</summary>
public sealed class FlowRow : FlowColumns
{
    /// <summary>The first score it got, from 0 to 100, kept for ever; null while unscored.</summary>
    public float? Score { get; set; }

    /// <summary>The newest score, when it was scored again.</summary>
    public float? CurrentScore { get; set; }

    /// <summary>The model that gave <see cref="Score"/>.</summary>
    public int? ModelVersion { get; set; }
}
